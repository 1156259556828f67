using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Microsoft.Win32.SafeHandles;
using Viper.TestKit.Hypervisor.StandIn;
using Viper.TestKit.Hypervisor.StandIn.Interop;

namespace Viper.TestKit.Hypervisor;

/// <summary>The stand-in as an executable with the program's own command line and exit codes.</summary>
/// <remarks>
/// It is the program of Viper.StandIn, or a test program that starts itself again under another name. What goes wrong is in the
/// environment variable VIPER_STAND_IN, as <see cref="StandInFault"/>s with a semicolon between them.
/// </remarks>
public static class StandInProgram
{
    private const string Switch = "VIPER_STAND_IN";
    private const int Failed = 1;
    private const int Misused = 2;

    /// <summary>Becomes the stand-in and never returns, if this process was started as one; called when a test program starts.</summary>
    public static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Switch) is not null)
        {
            Environment.Exit(RunAsync(Environment.GetCommandLineArgs()[1..]).GetAwaiter().GetResult());
        }
    }

    /// <summary>Runs the program and gives its exit code.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        try
        {
            CommandLine line = new(arguments);
            if (line.WantsVersion)
            {
                Console.WriteLine("cloud-hypervisor v53.0");
                return 0;
            }

            if (line.WantsHelp)
            {
                Console.WriteLine("Usage: cloud-hypervisor [OPTIONS]");
                return 0;
            }

            return await RunAsync(line);
        }
        catch (Exception e) when (e is UsageException or SerdeException)
        {
            await Console.Error.WriteLineAsync($"{e.Message}\n\nFor more information, try '--help'.");
            return Misused;
        }
    }

    /// <summary>Writes an executable file that runs the calling test program as a stand-in.</summary>
    /// <param name="path">Where to write it.</param>
    /// <param name="operation">The operation that goes wrong, or nothing.</param>
    /// <param name="fault">How it goes wrong.</param>
    public static void Write(string path, string operation = "", StandInFaultKind fault = StandInFaultKind.None) =>
        Write(path, fault == StandInFaultKind.None ? [] : [new StandInFault(operation, fault)]);

    /// <summary>Writes an executable file that runs the calling test program as a stand-in.</summary>
    public static void Write(string path, IReadOnlyList<StandInFault> faults)
    {
        // The library gives a VMM no environment of ours, so what .NET needs is written down here.
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../.."));
        File.WriteAllText(
            path,
            $"""
            #!/bin/sh
            export DOTNET_ROOT='{root}' {Switch}='{string.Join(';', faults)}' DOTNET_EnableDiagnostics=0
            exec '{Environment.ProcessPath}' "$@"

            """);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private static async Task<int> RunAsync(CommandLine line)
    {
        string? api = line["--api-socket"];
        string? path = api is null || api.StartsWith("fd=", StringComparison.Ordinal) ? null : Unprefixed(api, "path=");
        using FileStream? held = path is null ? null : TryLock(path);
        if (path is not null && held is null)
        {
            return await FailAsync("Error creating API server", "ApiSocketInUse");
        }

        StandInVmm vmm;
        try
        {
            vmm = new StandInVmm(new StandInOptions
            {
                ApiSocketPath = path,
                ApiListener = api is not null && path is null ? Inherited(api) : null,
                Events = OpenEvents(line["--event-monitor"]),
                Faults = [.. (Environment.GetEnvironmentVariable(Switch) ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(StandInFault.Parse)],
                NoShutdown = line.NoShutdown,
                Complaints = Console.Error,
                WaitsInTheKernel = true,
                Die = () => _ = Libc.kill(Environment.ProcessId, Libc.SIGKILL),
            });
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException or ArgumentException or FormatException)
        {
            return await FailAsync("Error creating API server", e.Message);
        }

        await using (vmm)
        {
            using PosixSignalRegistration signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                if (!vmm.IsReceiving)
                {
                    vmm.End(0);
                }
            });
            try
            {
                await StartAsync(line, vmm);
            }
            catch (ApiException e)
            {
                return await FailAsync(["Error starting the VM", .. e.Causes]);
            }

            return await vmm.Ended;
        }
    }

    private static async Task StartAsync(CommandLine line, StandInVmm vmm)
    {
        if (line.Config() is { } config)
        {
            await vmm.Machine.StartAsync(config);
        }
        else if (line["--restore"] is { } restore)
        {
            JsonObject options = CommandLine.Options(restore);
            await vmm.Machine.RestoreAsync(options.Text("source_url") ?? "", options.Flag("resume"));
        }
        else if (line["--api-socket"] is null)
        {
            throw new UsageException("error: the following required arguments were not provided: <--kernel|--api-socket|--restore>");
        }
    }

    private static async Task<int> FailAsync(params IReadOnlyList<string> causes)
    {
        IEnumerable<string> numbered = causes.Select((cause, i) => $"  {i}: {cause}");
        await Console.Error.WriteLineAsync("Error: Cloud Hypervisor exited with the following chain of errors:\n" + string.Join('\n', numbered));
        return Failed;
    }

    // The lock ends with the process, however it ends; the file stays.
    private static FileStream? TryLock(string socket)
    {
        try
        {
            return new FileStream(socket + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static FileStream? OpenEvents(string? text) => text switch
    {
        null => null,
        _ when text.StartsWith("fd=", StringComparison.Ordinal) =>
            new FileStream(new SafeFileHandle(Number(text), ownsHandle: true), FileAccess.Write, bufferSize: 0),
        _ => new FileStream(Unprefixed(text, "path="), FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0),
    };

    private static Socket Inherited(string text) => new(new SafeSocketHandle(Number(text), ownsHandle: true));

    private static int Number(string text) => int.Parse(text["fd=".Length..], System.Globalization.CultureInfo.InvariantCulture);

    private static string Unprefixed(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;
}
