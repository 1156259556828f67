using System.Text;

namespace Viper.Images;

public sealed partial class ImageStore
{
    private const string StagingPrefix = ".build-";

    /// <summary>Takes the lock under which one image is built or removed, and clears away what an interrupted build left.</summary>
    /// <exception cref="ImageBusyException">Another process holds it.</exception>
    internal ImageLock Lock(string name)
    {
        string folder = FolderOf(name);
        System.IO.Directory.CreateDirectory(folder);
        ImageLock held = ImageLock.Take(name, Path.Combine(folder, ".lock"));
        foreach (string left in System.IO.Directory.EnumerateDirectories(folder, StagingPrefix + "*"))
        {
            System.IO.Directory.Delete(left, recursive: true);
        }

        return held;
    }

    /// <summary>Makes the folder in which the holder of the lock puts a build together.</summary>
    internal string Stage(string name)
    {
        string path = Path.Combine(FolderOf(name), StagingPrefix + Path.GetRandomFileName());
        System.IO.Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>Makes a staged folder, complete but for its manifest, the current build. The holder of the lock calls it.</summary>
    internal ImageReference Publish(string name, string staged, ImageManifest manifest)
    {
        byte[] json = manifest.ToJson();
        string id = IdOf(json);
        string folder = FolderOf(name);
        string target = Path.Combine(folder, id);
        DurableFile.Write(Path.Combine(staged, ImageManifest.FileName), json);
        foreach (string file in System.IO.Directory.EnumerateFiles(staged))
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.ReadWrite);
            stream.Flush(flushToDisk: true);
        }

        PlainFile.SyncDirectory(staged);
        if (System.IO.Directory.Exists(target))
        {
            // The same content, built again because the old files were found damaged or a rebuild was asked for.
            System.IO.Directory.Delete(target, recursive: true);
        }

        string? before = File.Exists(Path.Combine(folder, Pointer)) ? File.ReadAllText(Path.Combine(folder, Pointer)).Trim() : null;
        System.IO.Directory.Move(staged, target);
        PlainFile.SyncDirectory(folder);
        DurableFile.Write(Path.Combine(folder, Pointer), Encoding.ASCII.GetBytes(id + "\n"));
        foreach (string old in System.IO.Directory.EnumerateDirectories(folder).Where(path => IsOld(path, id, before)).ToArray())
        {
            System.IO.Directory.Delete(old, recursive: true);
        }

        _known.TryRemove(target, out _);
        return Read(name);
    }

    // The build before the current one stays: a machine that is being started may have just been told its paths.
    private static bool IsOld(string path, string id, string? before) =>
        Path.GetFileName(path) is var found && IsId(found) && found != id && found != before;
}
