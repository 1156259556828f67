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
        "$revision, $created_at, $started_at, $ready_at, $updated_at) ON CONFLICT (name) DO NOTHING";

    private const string UpdateSql =
        "UPDATE vms SET status = $status, phase = $phase, status_reason = $status_reason, kernel_cmdline = $kernel_cmdline, " +
        "labels = $labels, spec = $spec, pid = $pid, pid_start_time = $pid_start_time, boot_id = $boot_id, " +
        "hypervisor = $hypervisor, tap_name = $tap_name, revision = $revision, started_at = $started_at, " +
        "ready_at = $ready_at, updated_at = $updated_at WHERE id = $id";

    /// <summary>Inserts the row, unless another VM has the name.</summary>
    internal static bool TryInsert(Session session, VmRecord vm) => SetChangeable(session.Command(InsertSql), vm)
        .Set("$name", vm.Name).Set("$cpu_cores", vm.CpuCores).Set("$memory_mb", vm.MemoryMb).Set("$image", vm.Image)
        .Set("$ip_address", vm.IpAddress.ToString()).Set("$mac_address", vm.MacAddress)
        .Set("$created_at", vm.CreatedAt.ToUnixTimeMilliseconds()).Run() != 0;

    internal static void Update(Session session, VmRecord vm) => SetChangeable(session.Command(UpdateSql), vm).Run();

    internal static VmRecord? ReadOne(Statement statement)
    {
        using Rows row = statement.Query();
        return row.Read() ? Read(row) : null;
    }

    internal static List<VmRecord> ReadMany(Statement statement)
    {
        var vms = new List<VmRecord>();
        using Rows row = statement.Query();
        while (row.Read())
        {
            vms.Add(Read(row));
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

    private static VmRecord Read(in Rows row) => new()
    {
        Id = row.Text(0),
        Name = row.Text(1),
        Status = row.Text(2),
        Phase = row.TextOrNull(3),
        StatusReason = row.TextOrNull(4),
        CpuCores = (int)row.Number(5),
        MemoryMb = (int)row.Number(6),
        Image = row.Text(7),
        KernelCmdline = row.Text(8),
        LabelsJson = row.Text(9),
        SpecJson = row.Text(10),
        IpAddress = row.Address(11),
        MacAddress = row.Text(12),
        Pid = (int?)row.NumberOrNull(13),
        PidStartTime = row.NumberOrNull(14),
        BootId = row.TextOrNull(15),
        Hypervisor = row.TextOrNull(16),
        TapName = row.TextOrNull(17),
        Revision = row.Number(18),
        CreatedAt = row.Time(19),
        StartedAt = row.TimeOrNull(20),
        ReadyAt = row.TimeOrNull(21),
        UpdatedAt = row.Time(22),
    };
}
