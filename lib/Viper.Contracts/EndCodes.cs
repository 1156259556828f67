namespace Viper.Contracts;

/// <summary>Why the daemon itself ended a VM's run: <see cref="Vm.StatusCode"/>, and <c>data.code</c> of the event.</summary>
public static class EndCodes
{
    /// <summary>It was not used for as long as <see cref="CreateVmRequest.IdleTimeoutSeconds"/>.</summary>
    public const string IdleTimeout = "idle_timeout";

    /// <summary>Its run lasted as long as <see cref="CreateVmRequest.MaxLifetimeSeconds"/>.</summary>
    public const string MaxLifetime = "max_lifetime";

    /// <summary>Its agent did not answer, and its restart policy wants another run.</summary>
    public const string Unhealthy = "unhealthy";
}
