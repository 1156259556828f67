namespace Viper.Agent.Browser;

/// <summary>How Chrome is started and watched over.</summary>
internal sealed record BrowserOptions
{
    internal string Path { get; init; } = "/usr/lib/chromium/chromium-headless-shell";

    internal string Home { get; init; } = "/home/browser";

    /// <summary>Gets Chrome's user and group; null keeps the agent's own.</summary>
    internal uint? UserId { get; init; } = 65532;

    /// <summary>Gets a value indicating whether every process of that user is Chrome's, or a program that the agent runs (true in a guest).</summary>
    internal bool OwnsUser { get; init; } = true;

    /// <summary>Gets the port that Chrome listens on; 0 lets it choose.</summary>
    internal int Port { get; init; } = 9222;

    internal string LogPath { get; init; } = "/var/log/viper/chrome.log";

    internal long LogLimit { get; init; } = 4 * 1024 * 1024;

    /// <summary>Gets the first pause before a restart; it doubles up to <see cref="MaxBackOff"/>.</summary>
    internal TimeSpan InitialBackOff { get; init; } = TimeSpan.FromMilliseconds(200);

    internal TimeSpan MaxBackOff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets how long Chrome must have answered for the pause to begin anew.</summary>
    internal TimeSpan HealthyAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long a started Chrome may take to answer; an emulated guest needs seconds.</summary>
    internal TimeSpan StartDeadline { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Gets how long Chrome may take to end when it is asked to.</summary>
    internal TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(3);
}
