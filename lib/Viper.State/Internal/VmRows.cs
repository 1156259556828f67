using System.Net;
using Microsoft.Data.Sqlite;

namespace Viper.State.Internal;

/// <summary>Reads and writes rows of <c>vms</c>.</summary>
internal static class VmRows
{
    private const string Columns =
        "id, name, status, phase, status_reason, cpu_cores, memory_mb, image, kernel_cmdline, labels, spec, ip_address, " +
        "mac_address, pid, pid_start_time, boot_id, hypervisor, tap_name, revision, created_at, started_at, ready_at, updated_at";

    internal const string SelectByName = $"SELECT {Columns} FROM vms WHERE name = $name";
    internal const string SelectById = $"SELECT {Columns} FROM vms WHERE id = $id";

    internal const string SelectMany =
        $"SELECT {Columns} FROM vms WHERE name > $after AND ($status IS NULL OR status = $status) ORDER BY name LIMIT $limit";

    private const string InsertSql =
        $"INSERT INTO vms ({Columns}) VALUES ($id, $name, $status, $phase, $status_reason, $cpu_cores, $memory_mb, $image, " +
        "$kernel_cmdline, $labels, $spec, $ip_address, $mac_address, $pid, $pid_start_time, $boot_id, $hypervisor, $tap_name, " +
        "$revision, $created_at, $started_at, $ready_at, $updated_at)";

    private const string UpdateSql =
        "UPDATE vms SET status = $status, phase = $phase, status_reason = $status_reason, kernel_cmdline = $kernel_cmdline, " +
        "labels = $labels, spec = $spec, pid = $pid, pid_start_time = $pid_start_time, boot_id = $boot_id, " +
        "hypervisor = $hypervisor, tap_name = $tap_name, revision = $revision, started_at = $started_at, " +
        "ready_at = $ready_at, updated_at = $updated_at WHERE id = $id";

    internal static void Insert(Session session, VmRecord vm) => SetChangeable(session.Command(InsertSql), vm)
        .Set("$name", vm.Name).Set("$cpu_cores", vm.CpuCores).Set("$memory_mb", vm.MemoryMb).Set("$image", vm.Image)
        .Set("$ip_address", vm.IpAddress.ToString()).Set("$mac_address", vm.MacAddress)
        .Set("$created_at", vm.CreatedAt.ToUnixTimeMilliseconds()).Run();

    internal static void Update(Session session, VmRecord vm) => SetChangeable(session.Command(UpdateSql), vm).Run();

    internal static VmRecord? ReadOne(Statement statement)
    {
        using SqliteDataReader reader = statement.Query();
        return reader.Read() ? Read(reader) : null;
    }

    internal static List<VmRecord> ReadMany(Statement statement)
    {
        var vms = new List<VmRecord>();
        using SqliteDataReader reader = statement.Query();
        while (reader.Read())
        {
            vms.Add(Read(reader));
        }

        return vms;
    }

    private static Statement SetChangeable(Statement statement, VmRecord vm) => statement
        .Set("$id", vm.Id).Set("$status", vm.Status).Set("$phase", vm.Phase).Set("$status_reason", vm.StatusReason)
        .Set("$kernel_cmdline", vm.KernelCmdline).Set("$labels", vm.LabelsJson).Set("$spec", vm.SpecJson)
        .Set("$pid", vm.Pid).Set("$pid_start_time", vm.PidStartTime).Set("$boot_id", vm.BootId)
        .Set("$hypervisor", vm.Hypervisor).Set("$tap_name", vm.TapName).Set("$revision", vm.Revision)
        .Set("$started_at", vm.StartedAt?.ToUnixTimeMilliseconds()).Set("$ready_at", vm.ReadyAt?.ToUnixTimeMilliseconds())
        .Set("$updated_at", vm.UpdatedAt.ToUnixTimeMilliseconds());

    private static VmRecord Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Name = row.GetString(1),
        Status = row.GetString(2),
        Phase = TextOrNull(row, 3),
        StatusReason = TextOrNull(row, 4),
        CpuCores = row.GetInt32(5),
        MemoryMb = row.GetInt32(6),
        Image = row.GetString(7),
        KernelCmdline = row.GetString(8),
        LabelsJson = row.GetString(9),
        SpecJson = row.GetString(10),
        IpAddress = IPAddress.Parse(row.GetString(11)),
        MacAddress = row.GetString(12),
        Pid = row.IsDBNull(13) ? null : row.GetInt32(13),
        PidStartTime = row.IsDBNull(14) ? null : row.GetInt64(14),
        BootId = TextOrNull(row, 15),
        Hypervisor = TextOrNull(row, 16),
        TapName = TextOrNull(row, 17),
        Revision = row.GetInt64(18),
        CreatedAt = Times.FromNumber(row.GetInt64(19)),
        StartedAt = row.IsDBNull(20) ? null : Times.FromNumber(row.GetInt64(20)),
        ReadyAt = row.IsDBNull(21) ? null : Times.FromNumber(row.GetInt64(21)),
        UpdatedAt = Times.FromNumber(row.GetInt64(22)),
    };

    private static string? TextOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
