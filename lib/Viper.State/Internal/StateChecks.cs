namespace Viper.State.Internal;

/// <summary>What must be true of a database: for SQLite, and for us.</summary>
internal static class StateChecks
{
    internal const string ForeignKeys = "PRAGMA foreign_key_check";

    private const string Pages = "PRAGMA integrity_check";

    private const string VmsWithoutLease =
        "SELECT v.name, v.ip_address FROM vms v WHERE NOT EXISTS " +
        "(SELECT 1 FROM ip_allocations a WHERE a.ip_address = v.ip_address AND a.vm_id = v.id)";

    private const string LeasesWithoutVm =
        "SELECT a.ip_address, a.vm_id FROM ip_allocations a WHERE a.vm_id IS NOT NULL AND NOT EXISTS " +
        "(SELECT 1 FROM vms v WHERE v.id = a.vm_id AND v.ip_address = a.ip_address)";

    // Where the file is open for reading only, SQLite passes over the CHECKs of its tables.
    private const string MisstatedLeases =
        "SELECT ip_address, status, vm_id FROM ip_allocations WHERE (status = 'leased') <> (vm_id IS NOT NULL)";

    private const string SharedVms =
        "SELECT vm_id, count(*) FROM ip_allocations WHERE vm_id IS NOT NULL GROUP BY vm_id HAVING count(*) > 1";

    private const string MisspeltAddresses =
        "SELECT ip_address, ip_number FROM ip_allocations WHERE ip_address <> " +
        "printf('%d.%d.%d.%d', ip_number >> 24, (ip_number >> 16) & 255, (ip_number >> 8) & 255, ip_number & 255)";

    private const string LeasesWithoutEpoch = "SELECT ip_address, vm_id FROM ip_allocations WHERE vm_id IS NOT NULL AND epoch < 1";

    private const string EventsBeyondTheCount =
        "SELECT (SELECT max(seq) FROM events), coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = 'events'), 0) " +
        "WHERE (SELECT max(seq) FROM events) > coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = 'events'), 0)";

    private const string MissingSteps = "SELECT count(*), max(version) FROM schema_migrations HAVING count(*) <> max(version)";

    private delegate string? Finding(in Rows row);

    /// <summary>Runs every check, each of them in the tables that all versions of the schema have.</summary>
    internal static void Run(Session session, List<string> found, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        (string Part, string Sql, Finding Say)[] checks =
        [
            ("pages", Pages, static (in row) => row.Text(0) is var text and not "ok" ? text : null),
            ("foreign keys", ForeignKeys, static (in row) => $"A row of {row.Text(0)} points at a row of {row.Text(2)} that is not there."),
            ("leases", VmsWithoutLease, static (in row) => $"VM '{row.Text(0)}' has the address {row.Text(1)} but no lease of it."),
            ("leases", LeasesWithoutVm, static (in row) => $"The address {row.Text(0)} is leased to {row.Text(1)}, which is no VM with that address."),
            ("leases", MisstatedLeases, static (in row) => $"The address {row.Text(0)} is '{row.Text(1)}' and yet leased to {row.TextOrNull(2) ?? "nobody"}."),
            ("leases", SharedVms, static (in row) => $"{row.Text(0)} holds {row.Number(1)} addresses."),
            ("leases", LeasesWithoutEpoch, static (in row) => $"The lease of {row.Text(0)} has no epoch."),
            ("addresses", MisspeltAddresses, static (in row) => $"The address {row.Text(0)} has the number {row.Number(1)}, which is another one."),
            ("events", EventsBeyondTheCount, static (in row) => $"Event {row.Number(0)} is beyond the count of {row.Number(1)}: numbers would be given twice."),
            ("schema", MissingSteps, static (in row) => $"Only {row.Number(0)} steps of the schema's {row.Number(1)} are noted."),
        ];
        string? part = null;
        foreach ((string next, string sql, Finding say) in checks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (next != part)
            {
                progress?.Report(part = next);
            }

            using Rows row = session.Command(sql).Query();
            while (row.Read())
            {
                if (say(row) is { } finding)
                {
                    found.Add(finding);
                }
            }
        }
    }
}
