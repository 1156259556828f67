namespace Viper.Client;

/// <summary>What a VM is waited for to become.</summary>
public enum VmCondition
{
    /// <summary>Agent and browser answer.</summary>
    Ready,

    /// <summary>Its VMM is gone.</summary>
    Stopped,
}
