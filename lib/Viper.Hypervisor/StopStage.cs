namespace Viper.Hypervisor;

/// <summary>The step that ended a machine.</summary>
public enum StopStage
{
    /// <summary>It had ended before.</summary>
    AlreadyGone,

    /// <summary>The guest powered off after the power button.</summary>
    PowerButton,

    /// <summary>The VMM was told to end over its API.</summary>
    Quit,

    /// <summary>SIGTERM.</summary>
    Terminate,

    /// <summary>SIGKILL.</summary>
    Kill,
}
