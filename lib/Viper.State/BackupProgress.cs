namespace Viper.State;

/// <summary>How far a backup is.</summary>
/// <param name="PagesDone">The number of pages copied.</param>
/// <param name="PagesTotal">The number of pages to copy.</param>
public readonly record struct BackupProgress(int PagesDone, int PagesTotal);
