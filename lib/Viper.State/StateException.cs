namespace Viper.State;

/// <summary>The base of every error that the state database can give.</summary>
/// <remarks>
/// A failed call has changed nothing: its transaction is rolled back. The store stays usable, and a later call may
/// succeed once the cause is gone; only <see cref="StateStore.Open(string, TimeProvider?)"/> leaves no store behind.
/// Result codes: https://www.sqlite.org/rescode.html.
/// </remarks>
public class StateException : Exception
{
    internal StateException(string message, StateErrorFacts facts, Exception? inner)
        : base(message, inner)
    {
        Operation = facts.Operation;
        DatabasePath = facts.DatabasePath;
        SqliteExtendedCode = facts.SqliteExtendedCode;
    }

    /// <summary>Gets what was being done, such as <c>create a VM</c>.</summary>
    public string Operation { get; }

    /// <summary>Gets the full path of the database.</summary>
    public string DatabasePath { get; }

    /// <summary>Gets SQLite's result code (the low byte of the extended one), or 0 where SQLite gave none.</summary>
    public int SqliteCode => SqliteExtendedCode & 0xFF;

    /// <summary>Gets SQLite's extended result code, or 0 where SQLite gave none.</summary>
    public int SqliteExtendedCode { get; }

    /// <summary>Gets whether the same call may succeed later without anybody repairing anything.</summary>
    public virtual bool IsTransient => false;
}
