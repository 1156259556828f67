using Viper.Agent.Interop;

namespace Viper.Agent.Tests;

/// <summary>A folder of the test's own, readable for every user, gone at its end.</summary>
internal sealed class TempFolder : IDisposable
{
    internal TempFolder()
    {
        Directory.CreateDirectory(Path);
        File.SetUnixFileMode(Path, (UnixFileMode)Convert.ToInt32("755", 8));
    }

    internal string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"viper-agent-{Guid.NewGuid():N}");

    internal string At(string name) => System.IO.Path.Combine(Path, name);

    internal string Write(string name, string content, bool executable = false)
    {
        File.WriteAllText(At(name), content);
        if (executable)
        {
            File.SetUnixFileMode(At(name), (UnixFileMode)Convert.ToInt32("755", 8));
        }

        return At(name);
    }

    internal string MakeFor(string name, uint user)
    {
        Directory.CreateDirectory(At(name));
        Assert.Equal(0, Libc.chown(At(name), user, user));
        return At(name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
