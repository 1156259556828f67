namespace Viper.Images;

/// <summary>The state in which an image's files were when their bytes were last checked.</summary>
internal sealed record VerifiedFiles(IReadOnlyList<VerifiedFile> Files)
{
    internal const string FileName = "verified.json";
}
