using System.Globalization;

namespace Viper.Orchestration.Internal;

/// <summary>Keeps a second daemon off a state directory. The kernel frees it with its holder, however that ends.</summary>
internal sealed class StateLock : IDisposable
{
    private readonly FileStream _file;

    private StateLock(FileStream file)
    {
        _file = file;
    }

    /// <summary>Takes the lock of a folder; throws <c>host_not_ready</c> naming the holder if it is taken.</summary>
    public static StateLock Take(string folder)
    {
        string path = Path.Combine(folder, "daemon.lock");
        string holder = Path.Combine(folder, "daemon.pid");
        FileStream file;
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB) on Linux.
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw EngineProblems.HostNotReady($"Cannot write to the state directory {folder}: {e.Message}", e);
        }
        catch (IOException e)
        {
            string who = File.Exists(holder) ? $"process {File.ReadAllText(holder).Trim()}" : "another process";
            throw EngineProblems.HostNotReady($"The state directory {folder} is in use by {who}. Stop that daemon, or choose another directory with --state-dir.", e);
        }

        File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
        return new StateLock(file);
    }

    public void Dispose() => _file.Dispose();
}
