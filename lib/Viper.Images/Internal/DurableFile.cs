namespace Viper.Images;

/// <summary>Files that appear whole or not at all, also after a power cut.</summary>
internal static class DurableFile
{
    internal static void Write(string path, ReadOnlySpan<byte> content)
    {
        string aside = $"{path}.{Path.GetRandomFileName()}.new";
        try
        {
            using (FileStream file = new(aside, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(aside, path, overwrite: true);
        }
        catch
        {
            File.Delete(aside);
            throw;
        }

        PlainFile.SyncDirectory(Path.GetDirectoryName(path)!);
    }
}
