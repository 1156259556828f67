namespace Viper.State;

/// <summary>The system's SQLite library is missing or too old.</summary>
public sealed class StateLibraryException : StateException
{
    internal StateLibraryException(string message, StateErrorFacts facts, string? foundVersion, Exception? inner = null)
        : base(message, facts, inner) => FoundVersion = foundVersion;

    /// <summary>Gets the file name by which the library is looked for.</summary>
    public string LibraryName { get; } = Interop.SqliteLibrary.FileName;

    /// <summary>Gets the Debian package that brings the library.</summary>
    public string DebianPackage { get; } = Interop.SqliteLibrary.DebianPackage;

    /// <summary>Gets the version that was found, or null where none was.</summary>
    public string? FoundVersion { get; }
}
