namespace Viper.Cli.Tests;

/// <summary>A folder that holds <c>viper</c> alone, as it would be installed, beside what a test puts there.</summary>
internal sealed class ProgramFolder : IDisposable
{
    private static readonly string[] s_parts =
        ["viper", "viper.dll", "viper.deps.json", "viper.runtimeconfig.json", "Viper.Client.dll", "Viper.Contracts.dll", "System.CommandLine.dll"];

    internal ProgramFolder()
    {
        foreach (string part in s_parts)
        {
            File.Copy(System.IO.Path.Combine(CliRun.Programs, part), System.IO.Path.Combine(Path, part));
        }
    }

    internal string Path { get; } = Directory.CreateTempSubdirectory("vpr").FullName;

    internal string Viper => System.IO.Path.Combine(Path, "viper");

    internal void Write(string name, string script)
    {
        string file = System.IO.Path.Combine(Path, name);
        File.WriteAllText(file, script);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
