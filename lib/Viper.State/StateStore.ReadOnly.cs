using Viper.State.Internal;

namespace Viper.State;

public sealed partial class StateStore
{
    /// <summary>Opens an existing database for reading, beside whoever writes it; neither it nor its schema is changed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How the store behaves; the defaults for null.</param>
    /// <remarks>
    /// A file of an older version is read as it is, so what came later cannot be asked of it. Methods that write throw an <see cref="InvalidOperationException"/>. SQLite keeps its shared index beside the file, so
    /// the folder must be writable where no other process has the database open (https://www.sqlite.org/wal.html#read_only_databases).
    /// </remarks>
    /// <exception cref="StateLibraryException">The system has no usable SQLite.</exception>
    /// <exception cref="StateNotADatabaseException">The file is something else.</exception>
    /// <exception cref="StateSchemaTooNewException">A newer version wrote the file.</exception>
    /// <exception cref="StateFileMissingException">There is no such file.</exception>
    /// <exception cref="StateException">It cannot be read.</exception>
    public static StateStore OpenReadOnly(string path, StateStoreOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = System.IO.Path.GetFullPath(path);
        DatabaseFile.RequirePresent(path, "open the database");
        Interop.SqliteLibrary.EnsureLoaded(path);
        StateStore store = new(path, options ?? new StateStoreOptions(), writer: null);
        try
        {
            store.SchemaVersion = store.Read("open the database", session => Migrations.RequireOurs(session, path));
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }
}
