namespace Viper.Agent.Programs;

/// <summary>What happens to a program's output when there is more of it than is kept.</summary>
internal enum OutputOverflow
{
    /// <summary>What came first is dropped, unless a reader holds it.</summary>
    DropOldest,

    /// <summary>What comes last is dropped.</summary>
    DropNewest,
}
