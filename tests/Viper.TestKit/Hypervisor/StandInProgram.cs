namespace Viper.TestKit.Hypervisor;

/// <summary>The stand-in as an executable: a test program that starts itself again under another name.</summary>
public static class StandInProgram
{
    private const string Switch = "VIPER_STAND_IN";

    /// <summary>Becomes the stand-in and never returns, if this process was started as one; called when a test program starts.</summary>
    public static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Switch) is not { } fault)
        {
            return;
        }

        string[] arguments = Environment.GetCommandLineArgs();
        if (arguments.Contains("--version"))
        {
            Console.WriteLine("cloud-hypervisor v53.0");
            Environment.Exit(0);
        }

        string socket = arguments.First(argument => argument.StartsWith("path=", StringComparison.Ordinal))["path=".Length..];
        File.WriteAllText(socket + ".lock", "");
        string[] parts = fault.Split('=');
        StandInFaultKind kind = parts.Length == 2 ? Enum.Parse<StandInFaultKind>(parts[1]) : StandInFaultKind.None;
        Environment.Exit(new StandInVmm(socket, parts[0], kind).Ended.GetAwaiter().GetResult());
    }

    /// <summary>Writes an executable file that runs the calling test program as a stand-in.</summary>
    /// <param name="path">Where to write it.</param>
    /// <param name="operation">The operation that goes wrong, or nothing.</param>
    /// <param name="fault">How it goes wrong.</param>
    public static void Write(string path, string operation = "", StandInFaultKind fault = StandInFaultKind.None)
    {
        // The library gives a VMM no environment of ours, so what .NET needs is written down here.
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../.."));
        File.WriteAllText(
            path,
            $"""
            #!/bin/sh
            export DOTNET_ROOT='{root}' {Switch}='{operation}={fault}' DOTNET_EnableDiagnostics=0
            exec '{Environment.ProcessPath}' "$@"

            """);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
