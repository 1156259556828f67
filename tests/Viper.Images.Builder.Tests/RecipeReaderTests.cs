using System.Text;
using Viper.Images.Builder.Recipes;

namespace Viper.Images.Builder.Tests;

public sealed class RecipeReaderTests
{
    private const string Whole = """
        # A comment
        [image]
        name = tiny
        description = A tiny # image
        kernel = linux-image-cloud-amd64
        command-line = console=ttyS0 a=b
        minimum-memory-mib = 128
        agent = /usr/lib/viper/viper-agent
        browser = chromium /usr/bin/chromium
        root-compression = lz4hc,9
        all-in-one-initramfs = yes
        [boot modules]
        virtio_blk
        crc32c-intel   # a comment
        [late modules]
        evdev
        [packages]
        busybox-static
        [drop]
        debconf
        [prune]
        /usr/share/doc/**
        [users]
        browser 65532 /home/browser
        [directories]
        /srv 1777
        [links]
        /usr/bin/{sh,ls} -> busybox
        /bin2 -> usr/bin
        [files]
        /etc/motd 0644 motd
        """;

    [Fact]
    public void Parse_WholeRecipe_GivesEveryPart()
    {
        Recipe recipe = Parse(Whole);

        Assert.Equal(("tiny", "A tiny", "linux-image-cloud-amd64", "console=ttyS0 a=b", 128), (recipe.Name, recipe.Description, recipe.KernelPackage, recipe.KernelCommandLine, recipe.MinimumMemoryMib));
        Assert.Equal(new RecipeBrowser("chromium", "/usr/bin/chromium"), recipe.Browser);
        Assert.Equal("lz4hc,9", recipe.Compression);
        Assert.True(recipe.AllInOneInitramfs);
        Assert.Equal(["virtio_blk", "crc32c-intel"], recipe.BootModules);
        Assert.Equal(["evdev"], recipe.LateModules);
        Assert.Equal(["busybox-static"], recipe.Packages);
        Assert.Equal(["debconf"], recipe.Drop);
        Assert.True(recipe.Prune.Matches("/usr/share/doc/x"));
        Assert.Equal([new RecipeUser("browser", 65532, "/home/browser")], recipe.Users);
        Assert.Equal([new RecipeDirectory("/srv", 0b001_111_111_111)], recipe.Directories);
        Assert.Equal([new RecipeLink("/usr/bin/sh", "busybox"), new RecipeLink("/usr/bin/ls", "busybox"), new RecipeLink("/bin2", "usr/bin")], recipe.Links);
        Assert.Equal([new RecipeFile("/etc/motd", 0b110_100_100, "motd")], recipe.Files);
    }

    [Fact]
    public void Read_BrowserRecipe_IsGood() => Assert.Equal("browser", RecipeReader.Read(Repository.BrowserRecipe).Name);

    [Theory]
    [InlineData("[image]", "[picture]", 2, "there is no section 'picture'")]
    [InlineData("[drop]", "[packages]", 19, "is there twice")]
    [InlineData("[drop]", "[drop", 19, "ends in ']'")]
    [InlineData("# A comment", "name = x", 1, "expected a section")]
    [InlineData("name = tiny", "name tiny", 3, "expected KEY = VALUE")]
    [InlineData("name = tiny", "name =", 3, "'name' has no value")]
    [InlineData("name = tiny", "name = Tiny/..", 3, "not a name for an image")]
    [InlineData("description = A", "name = A", 4, "'name' is there twice")]
    [InlineData("description = A", "colour = A", 4, "there is no setting 'colour'")]
    [InlineData("= 128", "= much", 7, "'much' is not a number of MiB")]
    [InlineData("= 128", "= 63", 7, "'63' is not a number of MiB")]
    [InlineData("= /usr/lib/viper/viper-agent", "= viper-agent", 8, "not an absolute path in the guest")]
    [InlineData("= chromium /usr/bin/chromium", "= chromium", 9, "expected browser = PACKAGE PATH")]
    [InlineData("lz4hc,9", "lz4hc,13", 10, "not a compression")]
    [InlineData("= yes", "= maybe", 11, "expected yes or no")]
    [InlineData("crc32c-intel", "virtio_blk", 14, "'virtio_blk' is there twice")]
    [InlineData("busybox-static", "busybox static", 18, "expected the name of one package")]
    [InlineData("busybox-static", "--allow-unauthenticated", 18, "is not the name of a package")]
    [InlineData("/usr/share/doc/**", "doc/**", 22, "does not begin with '/'")]
    [InlineData("65532", "0", 24, "not a user's number")]
    [InlineData("65532 /home/browser", "65532 home", 24, "not an absolute path in the guest")]
    [InlineData("= linux-image-cloud-amd64", "= -o x", 5, "is not the name of a package")]
    [InlineData("browser 65532 /home/browser", "browser 65532", 24, "expected NAME ID HOME")]
    [InlineData("/srv 1777", "/srv 4755", 26, "is not a mode")]
    [InlineData("/srv 1777", "/srv 9", 26, "is not a mode")]
    [InlineData("/srv 1777", "/../srv 1777", 26, "not an absolute path in the guest")]
    [InlineData("{sh,ls} ->", "{sh,ls ->", 28, "the braces do not match")]
    [InlineData("{sh,ls} ->", "{sh,ls} =>", 28, "expected PATH -> TARGET")]
    [InlineData("0644 motd", "0644 ../motd", 31, "not a file beside the recipe")]
    [InlineData("0644 motd", "0644 /etc/shadow", 31, "not a file beside the recipe")]
    public void Parse_SomethingWrong_NamesTheLine(string text, string replacement, int line, string problem)
    {
        int at = Whole.IndexOf(text, StringComparison.Ordinal);

        RecipeException thrown = Assert.Throws<RecipeException>(() => Parse(Whole[..at] + replacement + Whole[(at + text.Length)..]));

        Assert.Equal(line, thrown.Line);
        Assert.Contains(problem, thrown.Message, StringComparison.Ordinal);
        Assert.StartsWith($"/recipe.txt:{line}: ", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name = tiny", "name")]
    [InlineData("kernel = linux-image-cloud-amd64", "kernel")]
    [InlineData("agent = /usr/lib/viper/viper-agent", "agent")]
    [InlineData("minimum-memory-mib = 128", "minimum-memory-mib")]
    public void Parse_SettingLeftOut_NamesIt(string line, string key)
    {
        RecipeException thrown = Assert.Throws<RecipeException>(() => Parse(Whole.Replace(line, "", StringComparison.Ordinal)));

        Assert.Contains($"does not say '{key}'", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_NotUtf8_Throws() => Assert.Throws<RecipeException>(() => RecipeReader.Parse("/recipe.txt", [0xff, 0xfe]));

    [Fact]
    public void Read_NoFile_Throws() => Assert.Throws<RecipeException>(() => RecipeReader.Read("/nowhere/recipe.txt"));

    [Fact]
    public void Parse_CutOrChangedAnywhere_ThrowsRecipeExceptionOrReads()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Whole);
        Random random = new(20260101);
        for (int round = 0; round < 2_000; round++)
        {
            byte[] recipe = whole[..(round < whole.Length ? round : whole.Length)];
            for (int change = round < whole.Length ? 0 : 3; change > 0; change--)
            {
                recipe[random.Next(recipe.Length)] = (byte)random.Next(256);
            }

            try
            {
                RecipeReader.Parse("/recipe.txt", recipe);
            }
            catch (RecipeException)
            {
                // What most of them end in.
            }
        }
    }

    private static Recipe Parse(string text) => RecipeReader.Parse("/recipe.txt", Encoding.UTF8.GetBytes(text));
}
