using System.CommandLine;
using Viper.Cli.Output;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary><c>viper images list</c>.</summary>
internal static class ImagesListCommand
{
    internal static Command Make(CliContext context)
    {
        Command command = new("list", "List the images that VMs can boot.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using ViperClient client = context.Connect(parsed);
            ImageList images = await client.ListImagesAsync(cancellationToken);
            if (context.WantsJson(parsed))
            {
                context.PrintJson(images, ViperJson.Readable.ImageList);
                return ExitCode.Done;
            }

            TextTable table = new("NAME", "SIZE", "LEAST MEMORY", "BROWSER", "CONTENT");
            foreach (ImageInfo image in images.Items)
            {
                table.Add(image.Name, $"{image.Bytes / 1_000_000} MB", $"{image.MinMemoryMb} MiB", image.Browser ?? "-", image.ContentId);
            }

            table.Write(context.Output);
            return ExitCode.Done;
        });
        return command;
    }
}
