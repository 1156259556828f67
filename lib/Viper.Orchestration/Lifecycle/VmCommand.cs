namespace Viper.Orchestration.Lifecycle;

/// <summary>What a caller can ask of a VM that exists.</summary>
internal enum VmCommand
{
    Start,
    Stop,
    Restart,
    Pause,
    Resume,
    Delete,
}
