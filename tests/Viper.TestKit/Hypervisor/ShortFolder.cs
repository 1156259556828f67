namespace Viper.TestKit.Hypervisor;

/// <summary>A new folder with a path short enough for sockets; removed with all that is in it.</summary>
public sealed class ShortFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("vh-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
