namespace Viper.Daemon.Commands;

/// <summary>What <c>images build</c> was asked for.</summary>
/// <param name="Recipe">The recipe's name, or the path of its folder.</param>
/// <param name="Refresh">Whether to look for newer packages.</param>
/// <param name="AllInOneInitramfs">Whether to put everything into one initramfs, without a root disk.</param>
internal sealed record ImageOrder(string Recipe, bool Refresh, bool AllInOneInitramfs);
