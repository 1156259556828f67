using System.CommandLine;
using System.CommandLine.Parsing;
using Viper.State;

namespace Viper.Daemon.Commands;

/// <summary><c>viperd db backup|check|vacuum</c>: the state database, whether a daemon runs or not.</summary>
internal static class DbCommand
{
    private const int Failed = 1;
    private const int NotFound = 3;
    private const int Conflict = 4;

    internal static Command Make(VerbContext context) =>
        new("db", "Back up, check or compact the state database, beside a running daemon too.") { MakeBackup(context), MakeCheck(context), MakeVacuum(context) };

    internal static int ExitCodeOf(StateException error) => error switch
    {
        StateFileMissingException or StateFolderMissingException => NotFound,
        StateFileExistsException or StateLockedException => Conflict,
        _ => Failed,
    };

    private static Command MakeBackup(VerbContext context)
    {
        Argument<string> file = new("FILE") { Description = "The new file; its folder must exist. To restore it, stop the daemon and put it in the place of state.db, without the files state.db-wal and state.db-shm." };
        Option<bool> force = new("--force") { Description = "Replace FILE where it exists." };
        Command command = new("backup", "Copy the database as of this moment. FILE is whole and checked, or it is not there.") { file, force, context.Json };
        file.Validators.Add(static result => RequireName(result));
        command.SetAction((parsed, cancellationToken) =>
        {
            string path = PathOf(context, parsed);
            string target = Path.GetFullPath(parsed.GetRequiredValue(file));
            using StateStore store = StateStore.OpenReadOnly(path);
            BackupResult result;
            try
            {
                result = store.BackUp(target, parsed.GetValue(force), new BackupLines(context.Errors), cancellationToken);
            }
            catch (ArgumentException)
            {
                context.Errors.WriteLine($"viperd: '{target}' is the database itself, or belongs to it; name another file.");
                return Task.FromResult(Conflict);
            }
            catch (StateFileExistsException) when (!Directory.Exists(target))
            {
                context.Errors.WriteLine($"viperd: '{target}' exists. Nothing was written; name another file, or replace it with --force.");
                return Task.FromResult(Conflict);
            }

            Print(context, parsed, new BackupReport(path, result.File, result.Bytes, result.SchemaVersion), DaemonJson.Default.BackupReport,
                $"{result.File}  {result.Bytes} bytes  schema {result.SchemaVersion}");
            return Task.FromResult(0);
        });
        return command;
    }

    private static Command MakeCheck(VerbContext context)
    {
        Command command = new("check", "Read the whole database and say what is wrong with it: pages, references, leases beside VMs, the event log's count.") { context.Json };
        command.SetAction((parsed, cancellationToken) =>
        {
            string path = PathOf(context, parsed);
            using StateStore store = StateStore.OpenReadOnly(path);
            IReadOnlyList<string> findings = store.CheckIntegrity(new LineProgress(context.Errors, "checking "), cancellationToken);
            bool ok = findings.Count == 0;
            string summary = ok
                ? $"{path}  sound  schema {store.SchemaVersion}{Behind(store.SchemaVersion)}"
                : string.Join('\n', findings);
            Print(context, parsed, new DatabaseReport(path, store.SchemaVersion, StateStore.NewestSchemaVersion, ok, findings), DaemonJson.Default.DatabaseReport, summary);
            return Task.FromResult(ok ? 0 : Failed);
        });
        return command;
    }

    private static Command MakeVacuum(VerbContext context)
    {
        Command command = new("vacuum", "Give unused space of the database back to the file system. A running daemon's changes wait for it.") { context.Json };
        command.SetAction(parsed =>
        {
            string path = PathOf(context, parsed);
            context.Errors.WriteLine($"compacting {path}");
            VacuumResult result = StateStore.Vacuum(path);
            Print(context, parsed, new VacuumReport(path, result.BytesBefore, result.BytesAfter, result.BytesGained), DaemonJson.Default.VacuumReport,
                $"{path}  {result.BytesBefore} bytes before  {result.BytesAfter} bytes after  {result.BytesGained} bytes gained");
            return 0;
        });
        return command;
    }

    private static string PathOf(VerbContext context, ParseResult parsed) => Path.Combine(context.Settings(parsed).Engine.StateDirectory, "state.db");

    private static string Behind(int version) =>
        version < StateStore.NewestSchemaVersion ? $", which the daemon brings to {StateStore.NewestSchemaVersion} when it starts" : "";

    private static void RequireName(ArgumentResult result)
    {
        if (result.Tokens is [{ Value: "" }] || result.Tokens.Any(static t => t.Value.Contains('\0')))
        {
            result.AddError("FILE must be the name of a file.");
        }
    }

    private static void Print<T>(
        VerbContext context, ParseResult parsed, T report, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string line)
    {
        if (parsed.GetValue(context.Json))
        {
            context.PrintJson(report, type);
        }
        else
        {
            context.Output.WriteLine(line);
        }
    }
}
