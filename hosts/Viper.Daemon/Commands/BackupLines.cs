using Viper.State;

namespace Viper.Daemon.Commands;

/// <summary>A backup's progress as a line for each tenth.</summary>
internal sealed class BackupLines(TextWriter errors) : IProgress<BackupProgress>
{
    private int _told;

    public void Report(BackupProgress value)
    {
        int tenths = value.PagesTotal == 0 ? 10 : (int)(10L * value.PagesDone / value.PagesTotal);
        if (tenths > _told)
        {
            _told = tenths;
            errors.WriteLine($"copied {10 * tenths} %");
        }
    }
}
