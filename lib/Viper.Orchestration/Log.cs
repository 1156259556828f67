using Microsoft.Extensions.Logging;

namespace Viper.Orchestration;

/// <summary>Every line that the engine logs.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "VM {Name}: {Status}")]
    public static partial void StatusChanged(ILogger log, string name, string status);

    [LoggerMessage(2, LogLevel.Warning, "VM {Name}: crashed: {Reason}")]
    public static partial void Crashed(ILogger log, string name, string reason);

    [LoggerMessage(3, LogLevel.Error, "Could not {What} VM {Name}")]
    public static partial void ReleaseFailed(ILogger log, string what, string name, Exception cause);

    [LoggerMessage(4, LogLevel.Warning, "VM {Name}: a line on the serial port said {Kind}, but the agent did not confirm it")]
    public static partial void RingNotConfirmed(ILogger log, string name, string kind);

    [LoggerMessage(5, LogLevel.Warning, "Removed what no VM has: {What}")]
    public static partial void LeftoverRemoved(ILogger log, string what);

    [LoggerMessage(6, LogLevel.Error, "Could not remove what no VM has: {What}")]
    public static partial void LeftoverStays(ILogger log, string what, Exception cause);

    [LoggerMessage(7, LogLevel.Error, "VM {Name}: a command failed in a way that nobody foresaw")]
    public static partial void CommandFailed(ILogger log, string name, Exception cause);

    [LoggerMessage(8, LogLevel.Warning, "VM {Name}: its guest has not come to life; starting its VMM once more. {LastWords}")]
    public static partial void GuestSilent(ILogger log, string name, string lastWords);

    [LoggerMessage(9, LogLevel.Error, "VM {Name}: it is {Status}, but that could not be stored; the next start of the daemon settles it")]
    public static partial void NotStored(ILogger log, string name, string status, Exception cause);

    [LoggerMessage(10, LogLevel.Warning, "VM {Name}: what it was denied could not be stored")]
    public static partial void DenialNotStored(ILogger log, string name, Exception cause);

    [LoggerMessage(11, LogLevel.Warning, "Somebody changed the VMs' network; put back: {What}")]
    public static partial void NetworkRepaired(ILogger log, string what);

    [LoggerMessage(12, LogLevel.Error, "The VMs' network is not as it should be and could not be put back; trying again every {Seconds} s")]
    public static partial void NetworkNotRepaired(ILogger log, int seconds, Exception cause);

    [LoggerMessage(13, LogLevel.Warning, "What VMs are denied is counted but not told as events: {Why}")]
    public static partial void DenialsNotTold(ILogger log, string why);

    [LoggerMessage(14, LogLevel.Error, "Guests have no names: nothing answers on {EndPoint}: {Why}")]
    public static partial void NamesNotServed(ILogger log, string endPoint, string why);

    [LoggerMessage(15, LogLevel.Information, "VM {Name}: taken over from an earlier daemon, with its VMM (process {Pid})")]
    public static partial void Adopted(ILogger log, string name, int pid);

    [LoggerMessage(16, LogLevel.Warning, "VM {Name} of an earlier daemon is not taken over but ended: {Why}")]
    public static partial void NotAdopted(ILogger log, string name, string why, Exception? cause);

    [LoggerMessage(17, LogLevel.Warning, "VM {Name}: the event {Type} could not be stored")]
    public static partial void EventNotStored(ILogger log, string name, string type, Exception cause);

    [LoggerMessage(19, LogLevel.Warning, "VM {Name}: not every limit of its VMM is in force: {Why}")]
    public static partial void NotConfined(ILogger log, string name, string why);

    [LoggerMessage(20, LogLevel.Warning, "VM {Name}: the end of its start's operation could not be stored; trying again later")]
    public static partial void OperationNotStored(ILogger log, string name, Exception cause);

    [LoggerMessage(18, LogLevel.Warning, "Could not look for what no VM has; trying again later")]
    public static partial void NotReconciled(ILogger log, Exception cause);
}
