namespace Viper.Contracts;

/// <summary>What operations do, as spelled on the wire.</summary>
public static class OperationKinds
{
    /// <summary>The start that belongs to a VM's creation.</summary>
    public const string VmCreate = "vm.create";

    /// <summary>The start of a stopped or crashed VM.</summary>
    public const string VmStart = "vm.start";

    /// <summary>The start that follows the end of a VM's run, where a caller asked for both.</summary>
    public const string VmRestart = "vm.restart";
}
