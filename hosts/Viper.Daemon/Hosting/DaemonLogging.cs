using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Viper.Daemon.Hosting;

/// <summary>The daemon's log: one line per entry on standard error.</summary>
internal static partial class DaemonLogging
{
    internal static ILoggerFactory Make(LogLevel level) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(level);
        builder.AddFilter("Microsoft", level < LogLevel.Information ? level : LogLevel.Warning);

        // It logs the whole address of each request, tickets included, and nothing that the daemon does not say itself.
        builder.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        builder.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            options.ColorBehavior = LoggerColorBehavior.Disabled;
        });
    });

    [LoggerMessage(10, LogLevel.Information, "serving: {Settings}")]
    internal static partial void Serving(ILogger logger, string settings);

    [LoggerMessage(11, LogLevel.Information, "stopping")]
    internal static partial void Stopping(ILogger logger);
}
