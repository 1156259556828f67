using System.Globalization;
using System.Text;
using Viper.Agent.Actions;
using Viper.Contracts.Agent;

namespace Viper.Agent.Programs;

/// <summary>Checks what callers want run, and makes it a command.</summary>
internal sealed class ProgramRequests(WorkPlace place)
{
    private const int MaxArguments = 4096;
    private const int MaxVariables = 1024;
    private const int MaxText = 1024 * 1024;
    private const int MaxPath = 4096;
    private const int MaxSeconds = 86_400;
    private const int DefaultSeconds = 60;

    // What is answered in one piece, and what is kept of an output that is read while it grows.
    private const int WholeOutput = 1024 * 1024;
    private const int KeptOutput = 256 * 1024;

    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <exception cref="FieldException">A member is wrong.</exception>
    internal ProgramCommand Read(ExecRequest request, bool lossless) =>
        Make(request.Command, request.Args, request.Cwd, request.Env, request.User, terminal: false) with
        {
            Timeout = Seconds(request.TimeoutSeconds ?? DefaultSeconds),
            HasInput = request.StdinBase64 is { Length: > 0 },
            OutputBytes = lossless ? KeptOutput : WholeOutput,
            Overflow = lossless ? OutputOverflow.DropOldest : OutputOverflow.DropNewest,
            Lossless = lossless,
        };

    /// <exception cref="FieldException">A member is wrong.</exception>
    internal ProgramCommand Read(ProcessRequest request)
    {
        if (request.Tty is { } size)
        {
            Size("tty.cols", size.Cols);
            Size("tty.rows", size.Rows);
        }

        return Make(request.Command, request.Args, request.Cwd, request.Env, request.User, request.Tty is not null) with
        {
            Timeout = request.TimeoutSeconds is { } seconds ? Seconds(seconds) : null,
            HasInput = true,
            OutputBytes = KeptOutput,
            Overflow = OutputOverflow.DropOldest,
            Terminal = request.Tty,
        };
    }

    /// <summary>Checks one side of a terminal's size.</summary>
    internal static int Size(string name, int? value) => value is > 0 and <= 10_000
        ? value.Value
        : throw new FieldException(name, "range", $"{name} is not 1 to 10000.");

    private ProgramCommand Make(
        string? command, IReadOnlyList<string>? arguments, string? cwd, IReadOnlyDictionary<string, string>? variables, string? user, bool terminal)
    {
        if (string.IsNullOrEmpty(command))
        {
            throw new FieldException("command", "required", "The program (command) is missing.");
        }

        Text("command", command, MaxPath);
        CheckUser(user);
        arguments ??= [];
        if (arguments.Count > MaxArguments)
        {
            throw new FieldException("args", "range", $"There are more than {MaxArguments} arguments (args).");
        }

        var left = MaxText;
        foreach (var argument in arguments)
        {
            left -= Text("args", argument, left);
        }

        var environment = Environment(variables, terminal);
        return new ProgramCommand
        {
            Command = command,
            Arguments = arguments,
            Paths = Paths(command, environment["PATH"]),
            Environment = [.. environment.Select(static pair => $"{pair.Key}={pair.Value}")],
            WorkingDirectory = Folder(cwd),
        };
    }

    private string Folder(string? cwd)
    {
        if (string.IsNullOrEmpty(cwd))
        {
            return place.Root;
        }

        Text("cwd", cwd, MaxPath);
        return Path.Combine(place.Root, cwd);
    }

    // Root is never given, and there is nobody else: whoever asks for another user is told so.
    private void CheckUser(string? user)
    {
        var number = (place.UserId ?? GuestPlaces.UserId).ToString(CultureInfo.InvariantCulture);
        if (user is not null && user != place.UserName && user != number)
        {
            throw new FieldException("user", "not_allowed", $"Programs run as {place.UserName} ({number}) alone, not as '{user}'.");
        }
    }

    private Dictionary<string, string> Environment(IReadOnlyDictionary<string, string>? variables, bool terminal)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = DefaultPath,
            ["HOME"] = place.Root,
            ["USER"] = place.UserName,
            ["LOGNAME"] = place.UserName,
            ["LANG"] = "C.UTF-8",
        };
        if (terminal)
        {
            environment["TERM"] = "xterm-256color";
        }

        if (variables?.Count > MaxVariables)
        {
            throw new FieldException("env", "range", $"There are more than {MaxVariables} variables (env).");
        }

        var left = MaxText;
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal))
            {
                throw new FieldException("env", "format", $"'{name}' cannot be the name of a variable (env).");
            }

            left -= Text("env", name, left) + Text("env", value, left);
            environment[name] = value;
        }

        return environment;
    }

    private static List<string> Paths(string command, string path)
    {
        if (command.Contains('/', StringComparison.Ordinal))
        {
            return [command];
        }

        // One more than there can be, so that one name alone is not taken for a path.
        List<string> paths = [.. path.Split(':').Where(static folder => folder.StartsWith('/')).Select(folder => $"{folder.TrimEnd('/')}/{command}")];
        return paths.Count == 1 ? [.. paths, .. paths] : paths;
    }

    private static int Text(string member, string? text, int most)
    {
        if (text is null || text.Contains('\0', StringComparison.Ordinal))
        {
            throw new FieldException(member, "format", $"{member} holds null, or a NUL character.");
        }

        var length = Encoding.UTF8.GetByteCount(text) + 1;
        return length <= most ? length : throw new FieldException(member, "range", $"{member} is too long.");
    }

    private static TimeSpan Seconds(int seconds) => seconds is > 0 and <= MaxSeconds
        ? TimeSpan.FromSeconds(seconds)
        : throw new FieldException("timeout_seconds", "range", $"timeout_seconds is not 1 to {MaxSeconds}.");
}
