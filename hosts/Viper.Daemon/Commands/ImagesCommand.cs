using System.CommandLine;
using Viper.Contracts;

namespace Viper.Daemon.Commands;

/// <summary><c>viperd images build|list</c>.</summary>
internal static class ImagesCommand
{
    internal static Command Make(VerbContext context) =>
        new("images", "Build images of recipes, and list those that are installed.") { MakeBuild(context), MakeList(context) };

    private static Command MakeBuild(VerbContext context)
    {
        Argument<string> recipe = new("RECIPE") { Description = "The recipe's name, or the path of its folder." };
        Option<bool> refresh = new("--refresh") { Description = "Look for newer packages instead of taking those of the image that is there." };
        Option<bool> allInOne = new("--all-in-one") { Description = "Put everything into one initramfs, without a root disk." };
        Command command = new("build", "Build the image of a recipe and install it; at once where nothing has changed.") { recipe, refresh, allInOne, context.Json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            IImageWorkshop workshop = context.Parts.OpenImages(context.Enter(parsed));
            ImageOrder order = new(parsed.GetRequiredValue(recipe), parsed.GetValue(refresh), parsed.GetValue(allInOne));
            ImageInfo image = await workshop.BuildAsync(order, new LineProgress(context.Errors), cancellationToken);
            if (parsed.GetValue(context.Json))
            {
                context.PrintJson(image, ViperJson.Readable.ImageInfo);
            }
            else
            {
                context.Output.WriteLine($"{image.Name}  {image.ContentId}  {image.Bytes / 1_000_000} MB");
            }

            return 0;
        });
        return command;
    }

    private static Command MakeList(VerbContext context)
    {
        Command command = new("list", "List the installed images.") { context.Json };
        command.SetAction(parsed =>
        {
            IReadOnlyList<ImageInfo> images = context.Parts.OpenImages(context.Enter(parsed)).List();
            if (parsed.GetValue(context.Json))
            {
                context.PrintJson(new ImageList(images), ViperJson.Readable.ImageList);
                return 0;
            }

            context.Output.WriteLine($"{"NAME",-12}  {"CONTENT",-16}  {"SIZE",7}  {"LEAST MEMORY",12}  BROWSER");
            foreach (ImageInfo image in images)
            {
                context.Output.WriteLine($"{image.Name,-12}  {image.ContentId,-16}  {image.Bytes / 1_000_000 + " MB",7}  {image.MinMemoryMb + " MiB",12}  {image.Browser ?? "-"}");
            }

            return 0;
        });
        return command;
    }
}
