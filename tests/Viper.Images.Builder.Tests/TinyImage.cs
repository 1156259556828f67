using Viper.Images.Tests;

namespace Viper.Images.Builder.Tests;

/// <summary>A small image with the real kernel and the real init, busybox for a root, and a stand-in for the agent.</summary>
public sealed class TinyImage : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    internal ImageReference Image { get; private set; } = null!;

    internal ImageReference AllInOne { get; private set; } = null!;

    internal BuildRequest Request { get; private set; } = null!;

    internal List<BuildStep> Steps { get; } = [];

    internal string At(string name) => _folder.At(name);

    public async ValueTask InitializeAsync()
    {
        Request = Prepare(_folder);
        Image = (await ImageBuilder.BuildAsync(Request, new StepList(Steps))).Image;
        AllInOne = (await ImageBuilder.BuildAsync(Request with { AllInOneInitramfs = true, StoreDirectory = At("all-in-one") })).Image;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Puts recipe and agent into a folder and says how to build them there.</summary>
    internal static BuildRequest Prepare(TempFolder folder)
    {
        File.WriteAllText(folder.At("recipe.txt"), Recipe);
        File.WriteAllText(folder.At("motd"), "A file from beside the recipe.\n");
        Command.Run("cc", "-O2", "-static", "-s", "-Wl,--build-id=none", "-o", folder.At("agent"), Path.Combine(Repository.Root, "tests/Viper.Images.Builder.Tests/Guest/agent.c"));
        return new BuildRequest
        {
            RecipePath = folder.At("recipe.txt"),
            StoreDirectory = folder.At("store"),
            CacheDirectory = Repository.PackageCache,
            AgentPath = folder.At("agent"),
            InitSourceDirectory = Repository.InitSources,
        };
    }

    private const string Recipe = """
        [image]
        name = tiny
        description = Busybox, for tests
        kernel = linux-image-cloud-amd64
        command-line = console=ttyS0 quiet loglevel=4 panic=-1 cryptomgr.notests=1 rcupdate.rcu_expedited=1
        minimum-memory-mib = 128
        agent = /usr/lib/viper/viper-agent
        root-compression = lz4hc,9
        [boot modules]
        virtio_mmio
        virtio_blk
        erofs
        overlay
        [late modules]
        virtio_net
        button
        evdev
        [packages]
        busybox-static
        [drop]
        kmod
        linux-base
        initramfs-tools
        [prune]
        /usr/share/doc/**
        [users]
        browser 65532 /home/browser
        [links]
        /usr/bin/{sh,ls} -> busybox
        [files]
        /etc/motd 0640 motd
        """;
}
