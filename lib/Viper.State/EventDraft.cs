namespace Viper.State;

/// <summary>An event that is to be appended; number and time come from the store.</summary>
/// <param name="Type">The type, such as <c>VM_CREATED</c>: not empty, without line breaks.</param>
/// <param name="VmId">The VM's id, if it is about one.</param>
/// <param name="VmName">The VM's name, if it is about one.</param>
/// <param name="VmStatus">The VM's status right after the change.</param>
/// <param name="DataJson">What else there is to say, as JSON.</param>
public sealed record EventDraft(string Type, string? VmId = null, string? VmName = null, string? VmStatus = null, string DataJson = "{}")
{
    /// <summary>Drafts an event about a VM as it is now.</summary>
    /// <param name="type">The type.</param>
    /// <param name="vm">The VM.</param>
    /// <param name="dataJson">What else there is to say, as JSON.</param>
    public static EventDraft About(string type, VmRecord vm, string dataJson = "{}")
    {
        ArgumentNullException.ThrowIfNull(vm);
        return new EventDraft(type, vm.Id, vm.Name, vm.Status, dataJson);
    }
}
