namespace Viper.State.Internal;

/// <summary>Reads and writes rows of <c>operations</c>.</summary>
internal static class OperationRows
{
    private const string Columns =
        "id, kind, vm_id, vm_name, status, progress, result, error, created_at, updated_at, finished_at";

    internal const string SelectById = $"SELECT {Columns} FROM operations WHERE id = $id";

    internal const string SelectMany =
        $"SELECT {Columns} FROM operations WHERE id > $after AND ($status IS NULL OR status = $status) " +
        "AND ($vm IS NULL OR vm_name = $vm) ORDER BY id LIMIT $limit";

    private const string InsertSql =
        $"INSERT INTO operations ({Columns}) VALUES ($id, $kind, $vm_id, $vm_name, $status, $progress, $result, $error, " +
        "$created_at, $updated_at, $finished_at)";

    private const string UpdateSql =
        "UPDATE operations SET vm_id = $vm_id, status = $status, progress = $progress, result = $result, error = $error, " +
        "updated_at = $updated_at, finished_at = $finished_at WHERE id = $id";

    private const string EndSql =
        "UPDATE operations SET status = $status, progress = coalesce($progress, progress), result = $result, error = $error, " +
        "updated_at = $now, finished_at = $now WHERE id = $id AND status = 'running'";

    internal static void Insert(Session session, OperationRecord operation) => SetChangeable(session.Command(InsertSql), operation)
        .Set("$kind", operation.Kind).Set("$vm_name", operation.VmName)
        .Set("$created_at", operation.CreatedAt.ToUnixTimeMilliseconds()).Run();

    internal static void Update(Session session, OperationRecord operation) => SetChangeable(session.Command(UpdateSql), operation).Run();

    /// <summary>Ends one that runs; the first end stands.</summary>
    internal static void End(Session session, OperationEnd end, DateTimeOffset now) => session.Command(EndSql)
        .Set("$id", end.Id).Set("$status", Spell(end.Status)).Set("$progress", end.ProgressJson)
        .Set("$result", end.ResultJson).Set("$error", end.ErrorJson).Set("$now", now.ToUnixTimeMilliseconds()).Run();

    internal static List<OperationRecord> ReadMany(Statement statement)
    {
        var operations = new List<OperationRecord>();
        using Rows row = statement.Query();
        while (row.Read())
        {
            operations.Add(Read(row));
        }

        return operations;
    }

    internal static string Spell(OperationStatus status) => status switch
    {
        OperationStatus.Running => "running",
        OperationStatus.Succeeded => "succeeded",
        OperationStatus.Failed => "failed",
        OperationStatus.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "There is no such status."),
    };

    private static Statement SetChangeable(Statement statement, OperationRecord operation) => statement
        .Set("$id", operation.Id).Set("$vm_id", operation.VmId).Set("$status", Spell(operation.Status))
        .Set("$progress", operation.ProgressJson).Set("$result", operation.ResultJson).Set("$error", operation.ErrorJson)
        .Set("$updated_at", operation.UpdatedAt.ToUnixTimeMilliseconds())
        .Set("$finished_at", operation.FinishedAt?.ToUnixTimeMilliseconds());

    private static OperationRecord Read(in Rows row) => new()
    {
        Id = row.Text(0),
        Kind = row.Text(1),
        VmId = row.TextOrNull(2),
        VmName = row.TextOrNull(3),
        Status = Enum.Parse<OperationStatus>(row.Text(4), ignoreCase: true),
        ProgressJson = row.Text(5),
        ResultJson = row.TextOrNull(6),
        ErrorJson = row.TextOrNull(7),
        CreatedAt = row.Time(8),
        UpdatedAt = row.Time(9),
        FinishedAt = row.TimeOrNull(10),
    };
}
