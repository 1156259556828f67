using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Viper.Hypervisor.Qemu;

/// <summary>Writes a machine's state with QEMU's migration, and reads it back.</summary>
/// <remarks>
/// Memory that is a shared file stays out of the state (migration capability x-ignore-shared): the state is then some 80 KB, and a
/// machine that maps the file privately goes on from it.
/// </remarks>
internal static class QemuSnapshot
{
    public const string StateName = "state";
    public const string MemoryName = "memory";

    private const string DescriptorName = "viper-state";

    // QEMU's default of 128 MiB/s is meant for networks.
    private const long Bandwidth = 64L * 1024 * 1024 * 1024;

    /// <summary>Writes the state of a stopped machine into a new file.</summary>
    public static async Task SaveAsync(QemuMonitor monitor, string path, bool withoutSharedMemory, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await PrepareAsync(monitor, withoutSharedMemory, cancellationToken).ConfigureAwait(false);
        await monitor.ExecuteAsync(
            "migrate-set-parameters", static writer => writer.WriteNumber("max-bandwidth"u8, Bandwidth), cancellationToken).ConfigureAwait(false);
        await monitor.GiveDescriptorAsync(DescriptorName, file, cancellationToken).ConfigureAwait(false);
        try
        {
            await MoveAsync(monitor, "migrate", "fd:" + DescriptorName, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await monitor.ExecuteAsync("migrate_cancel", CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads the state into a machine that was started with <c>-incoming defer</c>; it is then paused.</summary>
    public static async Task LoadAsync(QemuMonitor monitor, int descriptor, bool withoutSharedMemory, CancellationToken cancellationToken)
    {
        await PrepareAsync(monitor, withoutSharedMemory, cancellationToken).ConfigureAwait(false);
        await MoveAsync(monitor, "migrate-incoming", $"fd:{descriptor}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a process has mapped a file privately, as /proc/PID/maps shows it (proc(5)).</summary>
    public static bool MapsPrivately(int pid, string path)
    {
        foreach (string line in File.ReadLines($"/proc/{pid}/maps"))
        {
            // address perms offset dev inode path; the path may hold spaces.
            string[] fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 6 && fields[5].TrimStart() == path && fields[1].EndsWith('p'))
            {
                return true;
            }
        }

        return false;
    }

    private static async Task PrepareAsync(QemuMonitor monitor, bool withoutSharedMemory, CancellationToken cancellationToken) =>
        await monitor.ExecuteAsync(
            "migrate-set-capabilities",
            writer =>
            {
                writer.WriteStartArray("capabilities"u8);
                WriteCapability(writer, "events", true);
                WriteCapability(writer, "x-ignore-shared", withoutSharedMemory);
                writer.WriteEndArray();
            },
            cancellationToken).ConfigureAwait(false);

    private static void WriteCapability(Utf8JsonWriter writer, string name, bool state)
    {
        writer.WriteStartObject();
        writer.WriteString("capability"u8, name);
        writer.WriteBoolean("state"u8, state);
        writer.WriteEndObject();
    }

    private static async Task MoveAsync(QemuMonitor monitor, string command, string uri, CancellationToken cancellationToken)
    {
        Task<QmpMessage> ended = monitor.Events.Expect(
            static message => message.Name == "MIGRATION" && QmpJson.Text(message.Body, "status") is "completed" or "failed" or "cancelled");
        try
        {
            await monitor.ExecuteAsync(command, writer => writer.WriteString("uri"u8, uri), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            monitor.Events.Forget(ended);
            throw;
        }

        QmpMessage message = await monitor.WaitAsync(ended, command, cancellationToken).ConfigureAwait(false);
        if (QmpJson.Text(message.Body, "status") != "completed")
        {
            JsonElement why = await monitor.ExecuteAsync("query-migrate", cancellationToken).ConfigureAwait(false);
            string text = QmpJson.Text(why, "error-desc");
            throw new VmmApiException(command, null, "MigrationFailed", [text.Length == 0 ? "the migration failed" : text]);
        }

        // The event comes before QEMU has put the migration away, and until then it refuses to go on.
        JsonElement status;
        do
        {
            status = await monitor.ExecuteAsync("query-status", cancellationToken).ConfigureAwait(false);
        }
        while (QmpJson.Text(status, "status") is "finish-migrate" or "inmigrate");
    }
}
