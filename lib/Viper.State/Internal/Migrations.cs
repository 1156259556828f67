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

    /// <summary>Applies the missing steps, each in one transaction with its row in <c>schema_migrations</c>.</summary>
    internal static void Apply(Session session, IReadOnlyList<Migration> steps, string path, TimeProvider time)
    {
        foreach (Migration step in steps)
        {
            session.BeginWrite();
            try
            {
                // Asked again under the lock: another process may have opened the same file at the same time.
                if (Check(session, steps[^1].Version, path) < step.Version)
                {
                    session.Execute(step.Sql);
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
