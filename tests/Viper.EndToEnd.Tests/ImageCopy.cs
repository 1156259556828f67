namespace Viper.EndToEnd.Tests;

/// <summary>A copy of an image that a test can damage.</summary>
internal static class ImageCopy
{
    public static void Make(string from, string to, string name)
    {
        string source = Path.Combine(from, name);
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, name, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    public static void FlipByte(string images, string name, string artifact)
    {
        string current = File.ReadAllText(Path.Combine(images, name, "current")).Trim();
        string file = Path.Combine(images, name, current, artifact);
        using FileStream stream = new(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Position = stream.Length / 2;
        int value = stream.ReadByte();
        stream.Position--;
        stream.WriteByte((byte)~value);
    }
}
