namespace Viper.Cdp;

/// <summary>Hears an event in place, on the connection's receive loop.</summary>
/// <remarks>
/// The loop waits for it, and so do all answers: it must not block, and must not wait for one of the connection's own answers. What
/// it throws ends the connection.
/// </remarks>
/// <param name="next">The event; valid until the handler returns.</param>
public delegate void CdpEventHandler(CdpEventView next);
