using System.CommandLine;
using Viper.Cli.Copying;
using Viper.Client;
using Viper.Contracts.Agent;

namespace Viper.Cli.Commands;

/// <summary><c>viper vms cp SOURCE TARGET</c>: copies files and folders into and out of a VM, as <c>docker cp</c> does.</summary>
internal static class VmsCopyCommand
{
    internal static Command Make(CliContext context)
    {
        Argument<string> source = new("SOURCE") { Description = "A path, NAME:PATH of a VM, or - for a tar archive on standard input." };
        Argument<string> target = new("TARGET") { Description = "A path, NAME:PATH of a VM, or - for a tar archive on standard output." };
        Command command = new(
            "cp",
            "Copy a file or folder into or out of a VM. Paths in a VM are reckoned from its folder of files. A target that is a folder gets the source put into it; one that is not there becomes the copy.")
        {
            source, target,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            (CopyPlace from, CopyPlace to) = (CopyPlace.Parse(parsed.GetRequiredValue(source)), CopyPlace.Parse(parsed.GetRequiredValue(target)));
            using ViperClient client = context.Connect(parsed);
            return (from.Vm, to.Vm) switch
            {
                (null, { } vm) => await SendAsync(context, client, from, vm, to.Path, cancellationToken),
                ({ } vm, null) => await FetchAsync(context, client, vm, from.Path, to, cancellationToken),
                _ => throw new UsageException("One of SOURCE and TARGET is NAME:PATH of a VM, and the other is not; ./NAME:PATH is a file of this machine."),
            };
        });
        return command;
    }

    private static async Task<int> SendAsync(CliContext context, ViperClient client, CopyPlace from, string vm, string path, CancellationToken cancellationToken)
    {
        if (from.IsStream)
        {
            await using Stream input = Console.OpenStandardInput();
            await client.WriteTreeAsync(vm, path, new StreamContent(input), parents: false, cancellationToken);
            return ExitCode.Done;
        }

        string local = Path.GetFullPath(from.Path);
        if (!Path.Exists(local))
        {
            throw new UsageException($"There is no {from.Path} to copy.");
        }

        string name = Path.GetFileName(local.TrimEnd('/'));
        (string folder, string rename) = await TargetAsync(client, vm, path, name, Directory.Exists(local), cancellationToken);
        if (rename.Length == 0)
        {
            throw new UsageException($"{from.Path} has no name that it could have in a VM.");
        }

        using TreeUpload upload = new(local, rename, context.Errors);
        TreeWritten written = await client.WriteTreeAsync(vm, folder, upload, parents: false, cancellationToken);
        Say(context, $"{written.Files} files, {written.Bytes} bytes copied to {vm}:{Join(folder, rename)}.");
        return ExitCode.Done;
    }

    /// <summary>Into which folder of the VM the source goes, and by which name.</summary>
    private static async Task<(string Folder, string Name)> TargetAsync(
        ViperClient client, string vm, string path, string name, bool isFolder, CancellationToken cancellationToken)
    {
        string trimmed = path.Trim('/');
        try
        {
            GuestFile there = (await client.ListFilesAsync(vm, trimmed, recursive: false, cancellationToken)).Entry;
            if (there.Type == GuestFileType.Directory)
            {
                return (trimmed, name);
            }

            if (isFolder)
            {
                throw new UsageException($"{vm}:{path} is no folder, so a folder cannot be copied to it.");
            }
        }
        catch (ViperApiException error) when (error.Code == "file_not_found" && !(path.EndsWith('/') && !isFolder))
        {
            // It becomes the copy.
        }

        int slash = trimmed.LastIndexOf('/');
        return slash < 0 ? ("", trimmed) : (trimmed[..slash], trimmed[(slash + 1)..]);
    }

    private static async Task<int> FetchAsync(CliContext context, ViperClient client, string vm, string path, CopyPlace to, CancellationToken cancellationToken)
    {
        string trimmed = path.Trim('/');
        await using GuestContent archive = await client.ReadTreeAsync(vm, trimmed, gzip: false, cancellationToken);
        if (to.IsStream)
        {
            await using Stream output = Console.OpenStandardOutput();
            await archive.Stream.CopyToAsync(output, cancellationToken);
            return ExitCode.Done;
        }

        if (trimmed.Length == 0)
        {
            throw new UsageException($"Name what is to be copied: {vm}:PATH. ({vm}: - gives all of it as an archive.)");
        }

        string name = trimmed[(trimmed.LastIndexOf('/') + 1)..];
        string target = Directory.Exists(to.Path) ? Path.Combine(to.Path, name) : to.Path.TrimEnd('/');
        if (Path.GetDirectoryName(Path.GetFullPath(target)) is { } parent && !Directory.Exists(parent))
        {
            throw new UsageException($"There is no folder {parent} to copy to.");
        }

        TreeDownload download = new(target);
        await download.UnpackAsync(archive.Stream, cancellationToken);
        Say(context, $"{download.Files} files copied to {target}.");
        return ExitCode.Done;
    }

    private static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";

    private static void Say(CliContext context, string text)
    {
        if (context.IsErrorTerminal)
        {
            context.Errors.WriteLine($"viper: {text}");
        }
    }
}
