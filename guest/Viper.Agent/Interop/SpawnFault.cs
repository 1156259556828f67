namespace Viper.Agent.Interop;

/// <summary>What it was that kept a program from being started.</summary>
internal enum SpawnFault
{
    /// <summary>A step of the kernel's.</summary>
    System,

    /// <summary>There is no such program, or no interpreter of it.</summary>
    Missing,

    /// <summary>It is there and cannot be executed.</summary>
    NotExecutable,

    /// <summary>Its arguments and environment are larger than the kernel takes.</summary>
    TooLong,

    /// <summary>The folder to run in cannot be entered.</summary>
    Directory,
}
