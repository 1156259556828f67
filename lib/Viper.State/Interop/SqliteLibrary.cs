using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Viper.State.Interop;

/// <summary>Binds the managed SQLite provider to the distribution's library, which the distribution keeps patched.</summary>
internal static class SqliteLibrary
{
    internal const string FileName = "libsqlite3.so.0";
    internal const string DebianPackage = "libsqlite3-0";

    /// <summary>The name that the provider's imports carry.</summary>
    private const string ImportedName = "e_sqlite3";

    /// <summary>STRICT tables came with 3.37: https://www.sqlite.org/stricttables.html.</summary>
    private const int LeastVersion = 3037000;

    private static readonly Lock s_gate = new();
    private static bool s_bound;

    /// <summary>Loads and binds the library once per process.</summary>
    /// <exception cref="StateLibraryException">The library is missing or too old.</exception>
    internal static void EnsureLoaded(string databasePath)
    {
        lock (s_gate)
        {
            if (s_bound)
            {
                return;
            }

            Bind(new StateErrorFacts("load SQLite", databasePath));
            s_bound = true;
        }
    }

    /// <summary>Refuses a library that cannot hold this library's schema.</summary>
    /// <remarks>The number holds major, minor and patch: 3040001 is 3.40.1.</remarks>
    internal static void RequireVersion(int number, string text, StateErrorFacts facts)
    {
        if (number < LeastVersion)
        {
            throw new StateLibraryException(
                $"SQLite {text} ({FileName}) is too old: 3.37 or newer is needed. Upgrade the Debian package {DebianPackage}.",
                facts, text);
        }
    }

    private static void Bind(StateErrorFacts facts)
    {
        Assembly provider = typeof(SQLite3Provider_e_sqlite3).Assembly;
        try
        {
            NativeLibrary.SetDllImportResolver(provider, static (name, assembly, path) =>
                name == ImportedName ? NativeLibrary.Load(FileName, assembly, path) : 0);
        }
        catch (InvalidOperationException)
        {
            // Set before: by an earlier attempt of ours that found no library, or by the host program for itself.
        }

        try
        {
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            RequireVersion(raw.sqlite3_libversion_number(), raw.sqlite3_libversion().utf8_to_string(), facts);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException
            or TypeInitializationException)
        {
            throw new StateLibraryException(
                $"The SQLite library {FileName} could not be loaded, so '{facts.DatabasePath}' cannot be opened. " +
                $"Install the Debian package {DebianPackage} (apt-get install {DebianPackage}).", facts, null, e);
        }
    }
}
