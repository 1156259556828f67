namespace Viper.Hypervisor;

/// <summary>The VMM answered and refused the request; <see cref="Survival"/> says whether it lives on, as it nearly always does.</summary>
public sealed class VmmApiException : HypervisorException
{
    internal VmmApiException(
        string operation,
        int? status,
        string? errorClass,
        IReadOnlyList<string> causes,
        VmmSurvival survival = VmmSurvival.Alive)
        : base(Describe(operation, status, causes))
    {
        Operation = operation;
        Status = status;
        ErrorClass = errorClass;
        Causes = causes;
        Survival = survival;
    }

    /// <summary>The request: <c>vm.boot</c>, or the name of a QMP command.</summary>
    public string Operation { get; }

    /// <summary>The HTTP status of Cloud Hypervisor; null for QEMU.</summary>
    public int? Status { get; }

    /// <summary>The error class of QMP; null for Cloud Hypervisor.</summary>
    public string? ErrorClass { get; }

    /// <summary>The VMM's own messages, outermost first; empty when it gave none.</summary>
    public IReadOnlyList<string> Causes { get; }

    /// <summary>Whether the VMM lives on.</summary>
    public VmmSurvival Survival { get; }

    /// <summary>Whether the same request can succeed later: too many connections (503), or a removal is pending (429).</summary>
    public bool IsTransient => Status is 429 or 503;

    private static string Describe(string operation, int? status, IReadOnlyList<string> causes)
    {
        string why = causes.Count == 0 ? "it gave no reason" : string.Join(": ", causes);
        return status is null
            ? $"The VMM refused '{operation}': {why}."
            : $"The VMM refused '{operation}' with status {status}: {why}.";
    }
}
