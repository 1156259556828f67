using System.Globalization;
using System.Reflection;

namespace Viper.State.Internal;

/// <summary>The numbered steps that lead to the present schema, and how they are applied.</summary>
internal static class Migrations
{
    private const string Folder = "Schema/";
    private const string TableExists = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'";

    /// <summary>Reads the steps embedded in this assembly, named <c>NNNN_name.sql</c>, numbered from 1 without a gap.</summary>
    internal static IReadOnlyList<Migration> Embedded()
    {
        Assembly assembly = typeof(Migrations).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Folder, StringComparison.Ordinal))
            .Select(n => Read(assembly, n))
            .OrderBy(m => m.Version)];
    }

    /// <summary>Gets the version of the file: 0 for an empty one.</summary>
    /// <exception cref="StateNotADatabaseException">It holds tables of another program.</exception>
    /// <exception cref="StateSchemaTooNewException">It is newer than <paramref name="supported"/>.</exception>
    internal static int Check(Session session, int supported, string path)
    {
        int found = CurrentVersion(session);
        var facts = new StateErrorFacts("check the schema", path);
        if (found > supported)
        {
            throw new StateSchemaTooNewException(
                $"'{path}' has schema version {found}, but this version of Viper knows only up to {supported}. " +
                "Nothing was changed; use the newer Viper, or a backup from before its upgrade.", facts, found, supported);
        }

        if (found == 0 && session.Command("SELECT count(*) FROM sqlite_schema").Number() > 0)
        {
            throw new StateNotADatabaseException(
                $"'{path}' is an SQLite database of another program. Nothing was changed; name another file.", facts);
        }

        return found;
    }

    /// <summary>As <see cref="Check"/> with the embedded steps, for a file that must have been made already.</summary>
    /// <exception cref="StateNotADatabaseException">It is empty, or of another program.</exception>
    internal static int RequireOurs(Session session, string path) => Check(session, StateStore.NewestSchemaVersion, path) is > 0 and var version
        ? version
        : throw new StateNotADatabaseException(
            $"'{path}' is empty: nothing was ever stored in it. The daemon makes its tables when it starts.",
            new StateErrorFacts("check the schema", path));

    /// <summary>Applies the missing steps, each in one transaction with its row in <c>schema_migrations</c>.</summary>
    /// <remarks>
    /// Foreign keys are looked at when a step is through instead of row by row, since a step may make a table anew
    /// (https://www.sqlite.org/lang_altertable.html#otheralter).
    /// </remarks>
    internal static void Apply(Session session, IReadOnlyList<Migration> steps, string path, TimeProvider time)
    {
        session.Execute("PRAGMA foreign_keys = OFF");
        foreach (Migration step in steps)
        {
            session.BeginWrite();
            try
            {
                // Asked again under the lock: another process may have opened the same file at the same time.
                if (Check(session, steps[^1].Version, path) < step.Version)
                {
                    session.Execute(step.Sql);
                    RequireForeignKeys(session, step, path);
                    session.Command("INSERT INTO schema_migrations (version, name, applied_at) VALUES ($version, $name, $now)")
                        .Set("$version", step.Version).Set("$name", step.Name)
                        .Set("$now", time.GetUtcNow().ToUnixTimeMilliseconds()).Run();
                }

                session.Commit();
            }
            catch
            {
                session.TryRollBack();
                throw;
            }
        }

        session.Execute("PRAGMA foreign_keys = ON");
    }

    private static void RequireForeignKeys(Session session, Migration step, string path)
    {
        using Rows broken = session.Command(StateChecks.ForeignKeys).Query();
        if (broken.Read())
        {
            throw new StateCorruptException(
                $"'{path}' could not be brought to schema version {step.Version}: a row of {broken.Text(0)} points at a row of " +
                $"{broken.Text(2)} that is not there. Nothing of that step was changed; restore a backup.",
                new StateErrorFacts("migrate the schema", path));
        }
    }

    private static int CurrentVersion(Session session) =>
        session.Command(TableExists).Number() == 0
            ? 0
            : (int)session.Command("SELECT coalesce(max(version), 0) FROM schema_migrations").Number();

    private static Migration Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        string name = Path.GetFileNameWithoutExtension(resource);
        return new Migration(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name[5..], reader.ReadToEnd());
    }
}
