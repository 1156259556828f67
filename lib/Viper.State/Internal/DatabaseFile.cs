using Viper.State.Interop;

namespace Viper.State.Internal;

/// <summary>What must be true of the file before SQLite opens it.</summary>
internal static class DatabaseFile
{
    internal const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the file if there is none, and closes it to everybody but its owner.</summary>
    /// <remarks>
    /// SQLite gives its log files the mode of the database. An existing file is never opened here: closing any descriptor
    /// of it would drop the locks of this process (https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
    /// </remarks>
    internal static void Prepare(string path)
    {
        var facts = new StateErrorFacts("open the database", path);
        string folder = Path.GetDirectoryName(path) ?? "/";
        if (Directory.Exists(path) || !Directory.Exists(folder))
        {
            throw Directory.Exists(path)
                ? new StateNotADatabaseException($"'{path}' is a folder, not a database. Name a file in it.", facts)
                : new StateFolderMissingException(
                    $"The folder '{folder}' of the database does not exist. Create it, private to the user of the daemon.", facts);
        }

        if (Libc.access(folder, Libc.W_OK) != 0 || (File.Exists(path) && Libc.access(path, Libc.W_OK) != 0))
        {
            throw ReadOnly(path, folder, facts, null);
        }

        try
        {
            if (!File.Exists(path))
            {
                Create(path);
            }
            else if ((File.GetUnixFileMode(path) & ~Private) != 0)
            {
                File.SetUnixFileMode(path, Private);
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw ReadOnly(path, folder, facts, e);
        }
        catch (IOException e)
        {
            throw new StateIoException($"Could not create '{path}': {e.Message}", facts, e);
        }
    }

    /// <summary>Refuses a path at which there is no file.</summary>
    internal static void RequirePresent(string path, string operation)
    {
        if (!File.Exists(path))
        {
            throw new StateFileMissingException(
                $"There is no database '{path}'. Name the state folder of a daemon that has run.", new StateErrorFacts(operation, path));
        }
    }

    private static void Create(string path)
    {
        try
        {
            new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = Private,
            }).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process made it in between, which serves as well.
        }
    }

    private static StateReadOnlyException ReadOnly(string path, string folder, StateErrorFacts facts, Exception? inner) =>
        new($"'{path}' cannot be written to. Make it and the folder '{folder}' writable for this user; SQLite keeps its " +
            "log beside the file.", facts, inner);
}
