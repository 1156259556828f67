namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>A request that the VMM refuses, with its causes, outermost first.</summary>
internal sealed class ApiException(params string[] causes) : Exception(string.Join(": ", causes))
{
    public const string NoFile = "No such file or directory (os error 2)";

    public IReadOnlyList<string> Causes => causes;

    public static ApiException NotRunning => new("VM is not running");

    public static ApiException NotCreated => new("VM is not created");

    public static ApiException Invalid(params string[] causes) => new(["Failed to validate config", .. causes]);

    public static ApiException OfDevices(params string[] causes) => new(["Error from device manager", .. causes]);

    public static ApiException OfMemory(params string[] causes) => new(["Memory manager error", .. causes]);
}
