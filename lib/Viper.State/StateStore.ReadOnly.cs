using Viper.State.Internal;

namespace Viper.State;

public sealed partial class StateStore
{
    /// <summary>Opens an existing database for reading, beside whoever writes it; neither it nor its schema is changed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How the store behaves; the defaults for null.</param>
    /// <remarks>
    /// Methods that write throw an <see cref="InvalidOperationException"/>. SQLite keeps its shared index beside the file, so
    /// the folder must be writable where no other process has the database open (https://www.sqlite.org/wal.html#read_only_databases).
    /// </remarks>
    /// <exception cref="StateLibraryException">The system has no usable SQLite.</exception>
    /// <exception cref="StateNotADatabaseException">The file is something else.</exception>
    /// <exception cref="StateSchemaTooNewException">A newer version wrote the file.</exception>
    /// <exception cref="StateException">There is no such file, or it cannot be read.</exception>
    public static StateStore OpenReadOnly(string path, StateStoreOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = System.IO.Path.GetFullPath(path);
        Interop.SqliteLibrary.EnsureLoaded(path);
        StateStore store = new(path, options ?? new StateStoreOptions(), writer: null);
        try
        {
            store.Read("open the database", session => Migrations.Check(session, Migrations.Embedded()[^1].Version, path));
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }
}
