using Viper.Contracts;

namespace Viper.Orchestration;

/// <summary>The bounds that a request for a VM must keep, whoever makes it.</summary>
/// <remarks>Stateless and thread-safe. What only the engine knows (the image's least memory, a free address) is not looked at here.</remarks>
public static partial class CreateVmValidation
{
    /// <summary>The members of <paramref name="request"/> that are out of bounds; empty where all is well.</summary>
    public static IReadOnlyList<ProblemError> Validate(CreateVmRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        List<ProblemError> errors = [];
        if (request.Name is not null && !VmName.IsValid(request.Name))
        {
            errors.Add(new ProblemError("#/name", "format", $"Lower-case letters, digits and inner hyphens, 1 to {VmName.MaxLength} characters."));
        }

        CheckRange(errors, "#/cpu_cores", request.CpuCores, 1, VmLimits.MaxCpuCores);
        CheckRange(errors, "#/memory_mb", request.MemoryMb, VmLimits.MinMemoryMb, VmLimits.MaxMemoryMb);
        CheckCmdline(errors, request.KernelCmdline);
        if (request.Image is not null && !VmName.IsValid(request.Image))
        {
            errors.Add(new ProblemError("#/image", "format", "The name of an image: lower-case letters, digits and inner hyphens."));
        }

        CheckRange(errors, "#/idle_timeout_seconds", request.IdleTimeoutSeconds, 0, VmLimits.MaxTimerSeconds);
        CheckRange(errors, "#/max_lifetime_seconds", request.MaxLifetimeSeconds, 0, VmLimits.MaxTimerSeconds);
        if (request.Restart is not null && !RestartPolicies.All.Contains(request.Restart))
        {
            errors.Add(new ProblemError("#/restart", "format", $"One of {string.Join(", ", RestartPolicies.All)}."));
        }

        CheckRange(errors, "#/queue_wait_seconds", request.QueueWaitSeconds, 0, VmLimits.MaxQueueWaitSeconds);
        CheckLabels(errors, request.Labels);
        CheckNetwork(errors, request.Network);
        return errors;
    }

    /// <summary>The problem of a request that is out of bounds; null where all is well.</summary>
    public static Problem? Check(CreateVmRequest request)
    {
        IReadOnlyList<ProblemError> errors = Validate(request);
        return errors.Count == 0 ? null : ProblemOf(errors);
    }

    /// <summary>The problem that reports <paramref name="errors"/>, at least one.</summary>
    public static Problem ProblemOf(IReadOnlyList<ProblemError> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        ArgumentOutOfRangeException.ThrowIfZero(errors.Count);
        string more = errors.Count == 1 ? "" : $" (and {errors.Count - 1} more)";
        string detail = $"The request is not valid: {errors[0].Pointer}: {errors[0].Detail}{more}";
        return Problem.Create(400, ProblemCodes.ValidationFailed, detail) with { Errors = errors };
    }

    private static void CheckRange(List<ProblemError> errors, string pointer, int? value, int min, int max)
    {
        if (value is { } number && (number < min || number > max))
        {
            errors.Add(new ProblemError(pointer, "range", $"{min} to {max}, not {number}."));
        }
    }

    private static void CheckCmdline(List<ProblemError> errors, string? cmdline)
    {
        if (cmdline is null)
        {
            return;
        }

        if (cmdline.Length > VmLimits.MaxKernelCmdline)
        {
            errors.Add(new ProblemError("#/kernel_cmdline", "range", $"At most {VmLimits.MaxKernelCmdline} characters, not {cmdline.Length}."));
        }
        else if (!cmdline.All(c => c is >= ' ' and <= '~'))
        {
            errors.Add(new ProblemError("#/kernel_cmdline", "format", "Printable ASCII only."));
        }
    }

    private static void CheckLabels(List<ProblemError> errors, IReadOnlyDictionary<string, string>? labels)
    {
        if (labels is null)
        {
            return;
        }

        if (labels.Count > VmLimits.MaxLabels)
        {
            errors.Add(new ProblemError("#/labels", "range", $"At most {VmLimits.MaxLabels} labels, not {labels.Count}."));
        }

        foreach ((string key, string value) in labels)
        {
            string pointer = "#/labels/" + JsonPointer.Escape(key);
            if (!IsLabelKey(key))
            {
                errors.Add(new ProblemError(pointer, "format", $"A label's key has 1 to {VmLimits.MaxLabelKey} letters, digits, '.', '_', '-' or '/'."));
            }

            if (value.Length > VmLimits.MaxLabelValue)
            {
                errors.Add(new ProblemError(pointer, "range", $"At most {VmLimits.MaxLabelValue} characters, not {value.Length}."));
            }
            else if (value.Any(char.IsControl))
            {
                errors.Add(new ProblemError(pointer, "format", "No control characters."));
            }
        }
    }

    // No colon: `label=key:value` in a query splits at the first one.
    private static bool IsLabelKey(string key) =>
        key.Length is > 0 and <= VmLimits.MaxLabelKey && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/');
}
