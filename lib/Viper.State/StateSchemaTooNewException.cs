namespace Viper.State;

/// <summary>The database was written by a newer version, whose schema this one does not know.</summary>
/// <remarks>The file is left as it was.</remarks>
public sealed class StateSchemaTooNewException : StateException
{
    internal StateSchemaTooNewException(string message, StateErrorFacts facts, int found, int supported)
        : base(message, facts, null)
    {
        FoundVersion = found;
        SupportedVersion = supported;
    }

    /// <summary>Gets the schema version of the file.</summary>
    public int FoundVersion { get; }

    /// <summary>Gets the newest schema version that this library knows.</summary>
    public int SupportedVersion { get; }
}
