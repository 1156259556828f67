using System.Text.Json;

namespace Viper.Hypervisor.Machines;

/// <summary>The folder of one snapshot: making it, its facts, and undoing it.</summary>
internal sealed class SnapshotFolder
{
    private const int FactsLimit = 64 * 1024;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly bool _made;

    private SnapshotFolder(string path, bool made)
    {
        Path = path;
        _made = made;
    }

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Makes the folder, or takes an empty one.</summary>
    /// <exception cref="HypervisorException">It cannot be made, or holds something.</exception>
    public static SnapshotFolder Make(string path)
    {
        if (!System.IO.Path.IsPathRooted(path))
        {
            throw new ArgumentException($"The folder of a snapshot must be an absolute path, not '{path}'.", nameof(path));
        }

        try
        {
            bool exists = Directory.Exists(path);
            if (exists && Directory.EnumerateFileSystemEntries(path).Any())
            {
                throw new HypervisorException($"The folder '{path}' is not empty, so no snapshot is made in it. Name an empty or a new one.");
            }

            Directory.CreateDirectory(path, Private);
            return new SnapshotFolder(path, made: !exists);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HypervisorException($"The folder '{path}' of the snapshot could not be made: {e.Message}", e);
        }
    }

    /// <summary>The facts of a machine that is being put into a snapshot.</summary>
    public static SnapshotFacts Describe(HypervisorKind kind, HypervisorInfo info, MachineSpec spec, bool hasMemoryFile) => new()
    {
        Format = SnapshotFacts.CurrentFormat,
        Hypervisor = kind,
        Version = info.Version,
        MachineType = info.MachineType,
        Accelerator = info.Accelerator,
        VcpuCount = spec.VcpuCount,
        MemoryMib = spec.MemoryMib,
        Disks = spec.Disks.Count,
        MacAddresses = [.. spec.Nics.Select(nic => nic.MacAddress)],
        Balloon = spec.Balloon,
        HotplugSlots = spec.HotplugSlots,
        HasMemoryFile = hasMemoryFile,
        CreatedAt = DateTimeOffset.UtcNow,
    };

    /// <summary>Completes the snapshot: the facts are written last, and whole.</summary>
    public async Task WriteFactsAsync(SnapshotFacts facts, CancellationToken cancellationToken)
    {
        string aside = this[SnapshotFacts.FileName + ".part"];
        await File.WriteAllBytesAsync(
            aside, JsonSerializer.SerializeToUtf8Bytes(facts, SnapshotJson.Default.SnapshotFacts), cancellationToken).ConfigureAwait(false);
        File.Move(aside, this[SnapshotFacts.FileName]);
    }

    /// <summary>Removes all that is in the folder, and the folder if it was made here.</summary>
    public void Undo()
    {
        try
        {
            foreach (string file in Directory.GetFiles(Path))
            {
                File.Delete(file);
            }

            if (_made)
            {
                Directory.Delete(Path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without the facts it is no snapshot; the failure that led here says more than this one.
        }
    }

    /// <summary>Reads the facts of a finished snapshot and refuses one that the description or the program does not fit.</summary>
    /// <exception cref="SnapshotException">It cannot be used.</exception>
    public static SnapshotFacts Check(string directory, HypervisorKind kind, HypervisorInfo info, MachineSpec spec)
    {
        SnapshotFacts facts = Read(directory);
        SnapshotFacts wanted = Describe(kind, info, spec, facts.HasMemoryFile);
        Compare(directory, nameof(facts.Format), facts.Format, wanted.Format);
        Compare(directory, nameof(facts.Hypervisor), facts.Hypervisor, wanted.Hypervisor);
        Compare(directory, nameof(facts.MachineType), facts.MachineType, wanted.MachineType);
        Compare(directory, nameof(facts.Version), facts.Version, wanted.Version);
        Compare(directory, nameof(facts.Accelerator), facts.Accelerator, wanted.Accelerator);
        Compare(directory, nameof(facts.VcpuCount), facts.VcpuCount, wanted.VcpuCount);
        Compare(directory, nameof(facts.MemoryMib), facts.MemoryMib, wanted.MemoryMib);
        Compare(directory, nameof(facts.Disks), facts.Disks, wanted.Disks);
        Compare(directory, nameof(facts.MacAddresses), facts.MacAddresses.Count, wanted.MacAddresses.Count);
        Compare(directory, nameof(facts.Balloon), facts.Balloon, wanted.Balloon);
        Compare(directory, nameof(facts.HotplugSlots), facts.HotplugSlots, wanted.HotplugSlots);
        return facts;
    }

    /// <summary>Reads the facts of a finished snapshot.</summary>
    /// <exception cref="SnapshotException">There are none, or they are unreadable.</exception>
    public static SnapshotFacts Read(string directory)
    {
        string path = System.IO.Path.Combine(directory, SnapshotFacts.FileName);
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > FactsLimit)
            {
                throw new SnapshotException(directory, "", $"'{path}' has more than {FactsLimit} bytes");
            }

            SnapshotFacts? facts = JsonSerializer.Deserialize(file, SnapshotJson.Default.SnapshotFacts);
            return facts is { MacAddresses: not null, Version: not null, MachineType: not null }
                ? facts
                : throw new SnapshotException(directory, "", $"'{path}' lacks facts");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new SnapshotException(directory, "", $"'{path}' cannot be read: {e.Message.TrimEnd('.')}", e);
        }
    }

    private static void Compare<T>(string directory, string property, T found, T wanted)
    {
        if (!EqualityComparer<T>.Default.Equals(found, wanted))
        {
            throw new SnapshotException(directory, property, $"its {property} is {found}, and that of the new machine would be {wanted}");
        }
    }
}
