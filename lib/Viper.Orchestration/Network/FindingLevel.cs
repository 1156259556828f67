namespace Viper.Orchestration.Network;

/// <summary>How bad a finding is.</summary>
public enum FindingLevel
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Works, but not as it should.</summary>
    Warning,

    /// <summary>VMs will have no network.</summary>
    Failure,

    /// <summary>It could not be looked at.</summary>
    Unknown,
}
