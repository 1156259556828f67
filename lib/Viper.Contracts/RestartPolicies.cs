namespace Viper.Contracts;

/// <summary>When a VM is started again without anybody asking, as spelled on the wire.</summary>
public static class RestartPolicies
{
    /// <summary>Never.</summary>
    public const string Never = "never";

    /// <summary>When it crashed, or its agent no longer answers.</summary>
    public const string OnFailure = "on-failure";

    /// <summary>As <see cref="OnFailure"/>, and when the guest powered itself off.</summary>
    public const string Always = "always";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Never, OnFailure, Always];
}
