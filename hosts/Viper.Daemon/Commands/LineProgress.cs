namespace Viper.Daemon.Commands;

/// <summary>Progress as lines, in the caller's own order, which <see cref="Progress{T}"/> does not promise.</summary>
internal sealed class LineProgress(TextWriter errors, string prefix = "") : IProgress<string>
{
    public void Report(string value) => errors.WriteLine(prefix + value);
}
