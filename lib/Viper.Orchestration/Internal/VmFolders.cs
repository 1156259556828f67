using System.Text;

namespace Viper.Orchestration.Internal;

/// <summary>Where one VM's files are.</summary>
internal sealed class VmFolders
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public VmFolders(EngineSettings settings, string id)
    {
        Run = Path.Combine(RunRoot(settings), id);
        Logs = Path.Combine(LogRoot(settings), id);
    }

    /// <summary>The folder of all VMs' run folders.</summary>
    public static string RunRoot(EngineSettings settings) => Path.Combine(settings.RuntimeDirectory, "vms");

    /// <summary>The folder of all VMs' log folders.</summary>
    public static string LogRoot(EngineSettings settings) => Path.Combine(settings.LogDirectory, "vms");

    /// <summary>Sockets and the initramfs with the secret; gone when the VMM is.</summary>
    public string Run { get; }

    /// <summary>Logs; gone when the VM is.</summary>
    public string Logs { get; }

    /// <summary>The guest's secret, for a daemon that takes the VM over.</summary>
    public string Token => Path.Combine(Run, "token");

    public string Initramfs => Path.Combine(Run, "initramfs");

    public void CreateRun()
    {
        Directory.CreateDirectory(Run, OwnerOnly);
        Directory.CreateDirectory(Logs, OwnerOnly);
    }

    public void WriteToken(string token)
    {
        using FileStream file = new(Token, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(Encoding.ASCII.GetBytes(token));
    }

    /// <summary>The secret of a VM that an earlier daemon started; null where there is none.</summary>
    public string? TryReadToken()
    {
        try
        {
            return File.ReadAllText(Token) is { Length: > 0 } token ? token : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void DeleteRun() => DeleteTree(Run);

    public void DeleteLogs() => DeleteTree(Logs);

    private static void DeleteTree(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Already as it should be.
        }
    }
}
